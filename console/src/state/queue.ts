// The queue: what needs an officer of ours, the loudest and the nearest first. Each entry leads to
// the thing that is taken in hand for it.

import {
  rank,
  type Alarm,
  type Draft,
  type Due,
  type MessageRecord,
  type Watch,
} from "../api/things";
import { kindWord } from "./codes";
import type { InHand, Sort } from "./selection.svelte";

/** So much of a draft's name tells it from the others that wait. */
const DRAFT_CHARS = 8;

export type Why = "alarm" | "due" | "unread" | "draft" | "watch";

export interface Entry {
  key: string;
  why: Why;
  sort: Sort;
  /** Key of the thing in its table. */
  of: string;
  precedence: string;
  /** When it is due; null where no clock runs. */
  at: number | null;
  /** Since when it waits. */
  since: number;
  /** A sentence or a word of the node's. */
  said: string;
}

export interface Waiting {
  own: string;
  me: { name: string; post: string; mayRelease: boolean };
  alarms: readonly Alarm[];
  due: readonly Due[];
  messages: readonly MessageRecord[];
  drafts: readonly Draft[];
  watches: readonly Watch[];
}

/** Kinds of which a person of ours is to say that they were read. */
const READ_BY_PEOPLE = new Set([
  "TEXT",
  "NOTICE",
  "QUERY",
  "ANSWER",
  "WARNING",
  "EXPLANATION",
  "SITE",
  "ZONE",
  "MOVEMENT",
  "CORRECTION",
  "CODED",
  "INCIDENT",
  "INQUIRY",
  "VIOLATION",
  "PROTEST",
  "CONTACT",
  "READOUT",
  "DECLARATION",
  "SERVICE",
  "RESUMPTION_OFFER",
  "ESCALATION",
]);

export const messageKey = (one: { party: string; epoch: number; index: number }): string =>
  `${one.party}/${one.epoch}/${one.index}`;

export const watchKey = (one: { party: string; post: string; is_past: boolean }): string =>
  `${one.party}/${one.post}/${one.is_past}`;

/** Whether nobody of ours has read a message that a person addressed to us. */
export function isUnread(one: MessageRecord, own: string): boolean {
  if (one.party === own || !one.by || !READ_BY_PEOPLE.has(one.kind)) return false;
  if (one.recipients.length > 0 && !one.recipients.includes(own)) return false;
  const marks = [...one.marks.read, ...one.marks.read_back, ...one.marks.answered];
  return !marks.some((mark) => mark.party === own);
}

export function queue(waiting: Waiting): Entry[] {
  const entries = [
    ...waiting.alarms.filter((one) => !one.acknowledged).map(fromAlarm),
    ...waiting.due.filter((one) => one.is_ours).map(fromDue),
    ...waiting.messages.filter((one) => isUnread(one, waiting.own)).map(fromUnread),
    ...waiting.drafts.filter((one) => isForMe(one, waiting)).map(fromDraft),
    ...waiting.watches.filter((one) => one.party === waiting.own && one.offer).map(fromWatch),
  ];
  entries.sort(
    (one, other) =>
      rank(one.precedence) - rank(other.precedence) ||
      (one.at ?? Infinity) - (other.at ?? Infinity) ||
      one.since - other.since ||
      one.key.localeCompare(other.key),
  );
  return eachOnce(entries);
}

/** One message stands once, as the most urgent that is to be done about it. */
function eachOnce(entries: Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.filter((one) => {
    if (one.sort !== "message") return true;
    const isNew = !seen.has(one.of);
    seen.add(one.of);
    return isNew;
  });
}

/**
 * Where an officer who walks through the queue is after it has changed.
 *
 * At the same entry; where that is gone, at what leads to the same thing; else at the same place.
 */
export function placeAfter(was: Entry, place: number, now: readonly Entry[]): number {
  const same = now.findIndex((one) => one.key === was.key);
  if (same >= 0) return same;
  const like = now.findIndex((one) => one.sort === was.sort && one.of === was.of);
  return like >= 0 ? like : Math.min(place, now.length - 1);
}

/**
 * What is taken in hand for an alarm: the message with whose key its id ends, else itself.
 *
 * The message may come in later than its alarm: whoever takes it must not get another thing.
 */
export function thingOfAlarm({ id }: Alarm): InHand {
  const message = /^(?:FLASH|MATTER)\/(.+\/\d+\/\d+)$/.exec(id)?.[1];
  return message ? { sort: "message", key: message } : { sort: "alarm", key: id };
}

function fromAlarm(alarm: Alarm): Entry {
  const { id, precedence, at, said } = alarm;
  const { sort, key: of } = thingOfAlarm(alarm);
  return {
    key: `alarm ${id}`,
    why: "alarm",
    sort,
    of,
    precedence,
    at: null,
    since: at,
    said,
  };
}

/** A clock runs on a matter, a message that nobody has read, or a watch: that is taken in hand. */
function fromDue(due: Due): Entry {
  const { matter, clock, at, precedence, said } = due;
  const { sort, key: of } = thingOfClock(due);
  return {
    key: `due ${matter} ${clock} ${due.party}`,
    why: "due",
    sort,
    of,
    precedence,
    at,
    since: at,
    said,
  };
}

function thingOfClock({ matter, subject, party, message }: Due): InHand {
  if (message) return { sort: "message", key: messageKey(message) };
  if (subject === "watch") {
    return { sort: "watch", key: watchKey({ party, post: matter, is_past: false }) };
  }
  return { sort: "matter", key: matter };
}

function fromUnread(one: MessageRecord): Entry {
  return {
    key: `unread ${messageKey(one)}`,
    why: "unread",
    sort: "message",
    of: messageKey(one),
    precedence: one.precedence,
    at: null,
    since: one.received_at ?? one.at,
    said: `${one.serial} ${kindWord(one.kind)}`,
  };
}

function isForMe(draft: Draft, waiting: Waiting): boolean {
  const isMine = draft.by.officer === waiting.me.name;
  return draft.state === "WAITING" && waiting.me.mayRelease && !isMine;
}

function fromDraft(draft: Draft): Entry {
  return {
    key: `draft ${draft.draft}`,
    why: "draft",
    sort: "draft",
    of: draft.draft,
    precedence: draft.precedence,
    at: draft.ends_at,
    since: draft.drafted_at,
    said: `${kindWord(draft.kind)} ${draft.draft.slice(0, DRAFT_CHARS)}`,
  };
}

function fromWatch(watch: Watch): Entry {
  return {
    key: `watch ${watch.post}`,
    why: "watch",
    sort: "watch",
    of: watchKey(watch),
    precedence: "PRIORITY",
    at: watch.planned_until,
    since: watch.offer?.at ?? 0,
    said: watch.said,
  };
}
