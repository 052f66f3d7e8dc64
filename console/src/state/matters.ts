// The list of everything that was said and stands somewhere: one row for each thing of each sort,
// filtered and sorted by what the officer wants to see first.

import {
  rank,
  type Conflict,
  type Draft,
  type Due,
  type Matter,
  type MessageRecord,
  type Movement,
  type Notice,
  type Private,
  type Site,
  type Zone,
} from "../api/things";
import { ENDLESS_FROM } from "./instant";
import { noticeKey } from "./line.svelte";
import { messageKey } from "./queue";
import type { Sort } from "./selection.svelte";

/** What the list can be narrowed to; the first shows everything but texts. */
export const GROUPS = [
  "all",
  "notices",
  "questions",
  "incidents",
  "violations",
  "contacts",
  "calls",
  "readouts",
  "movements",
  "sites",
  "zones",
  "conflicts",
  "private",
  "drafts",
  "texts",
] as const;
export type Group = (typeof GROUPS)[number];

/** Sorts of matters that have a group of their own; the others are questions. */
const GROUP_OF_SUBJECT: Record<string, Group> = {
  incident: "incidents",
  violation: "violations",
  contact: "contacts",
  call: "calls",
  readout: "readouts",
};
const TEXT_KINDS = new Set(["TEXT", "CODED"]);

export interface Row {
  sort: Sort;
  /** Key of the thing in its table. */
  key: string;
  group: Group;
  /** A code of the line that says what it is: NOTICE, query, zone. */
  what: string;
  id: string;
  serial: string;
  party: string;
  /** Of a notice and a place none is told: then empty. */
  precedence: string;
  /** What people call it, as they wrote it; may be empty. */
  title: string;
  /** Codes of where it stands, the one to look at first first. */
  states: string[];
  isOpen: boolean;
  /** Since when it is there; null where nobody says so. */
  at: number | null;
  /** When the next thing is due, or its window closes; null if nothing runs. */
  dueAt: number | null;
  /** Order of coming, among its own sort. */
  position: number;
}

export interface Things {
  notices: readonly Notice[];
  matters: readonly Matter[];
  movements: readonly Movement[];
  sites: readonly Site[];
  zones: readonly Zone[];
  conflicts: readonly Conflict[];
  privates: readonly Private[];
  drafts: readonly Draft[];
  messages: readonly MessageRecord[];
  due: readonly Due[];
}

export function rowsOf(things: Things): Row[] {
  const due = new Map<string, number>();
  for (const one of things.due)
    due.set(one.matter, Math.min(one.at, due.get(one.matter) ?? one.at));
  const records = new Map(things.messages.map((one) => [`${one.party}/${one.serial}`, one]));
  return [
    ...things.notices.map((one) => fromNotice(one, records)),
    ...things.matters.map((one, position) => fromMatter(one, due, position)),
    ...things.movements.map((one) => fromMovement(one, records)),
    ...things.sites.map(fromSite),
    ...things.zones.map(fromZone),
    ...things.conflicts.map(fromConflict),
    ...things.privates.map(fromPrivate),
    ...things.drafts.map(fromDraft),
    ...things.messages.filter((one) => TEXT_KINDS.has(one.kind)).map(fromText),
  ];
}

/** When something ends; null for what has no end. */
const end = (at: number | null | undefined): number | null =>
  at == null || at >= ENDLESS_FROM ? null : at;

type Records = Map<string, MessageRecord>;

const distinct = (codes: Record<string, string>, first: string): string[] => [
  ...new Set([first, ...Object.values(codes)].filter(Boolean)),
];

function fromNotice(one: Notice, records: Records): Row {
  const first = one.versions[0];
  return {
    sort: "notice",
    key: noticeKey(one),
    group: "notices",
    what: "NOTICE",
    id: one.notice_id,
    serial: one.serial,
    party: one.party,
    precedence: records.get(`${one.party}/${one.serial}`)?.precedence ?? "",
    title: String(one.content?.["activity"] ?? ""),
    states: distinct(one.states, one.state),
    isOpen: one.is_live,
    at: first?.at ?? null,
    dueAt: one.is_live ? end(one.valid_until) : null,
    position: one.position,
  };
}

function fromMatter(one: Matter, due: Map<string, number>, position: number): Row {
  return {
    sort: "matter",
    key: one.id,
    group: GROUP_OF_SUBJECT[one.subject] ?? "questions",
    what: one.subject,
    id: one.id,
    serial: one.serial,
    party: one.party,
    precedence: one.precedence,
    title: one.name === one.id ? "" : one.name,
    states: [...new Set([...(one.said ? [one.said] : []), ...Object.values(one.states)])],
    isOpen: one.is_open,
    at: one.at,
    dueAt: due.get(one.id) ?? null,
    position,
  };
}

function fromMovement(one: Movement, records: Records): Row {
  return {
    sort: "movement",
    key: `${one.party}/${one.movement_id}`,
    group: "movements",
    what: "MOVEMENT",
    id: one.movement_id,
    serial: one.serial,
    party: one.party,
    precedence: records.get(`${one.party}/${one.serial}`)?.precedence ?? "",
    title: "",
    states: distinct(one.states, one.state),
    isOpen: one.is_live,
    at: one.versions[0]?.at ?? null,
    dueAt: one.is_live ? end(one.valid_until) : null,
    position: one.position,
  };
}

function fromSite(one: Site): Row {
  return {
    sort: "site",
    key: `${one.party}/${one.site_id}`,
    group: "sites",
    what: "SITE",
    id: one.site_id,
    serial: one.serial,
    party: one.party,
    precedence: "",
    title: one.name,
    states: [one.state, ...one.remarks],
    isOpen: !one.is_removed,
    at: one.listed_at ?? null,
    dueAt: one.is_removed ? null : end(one.valid_until),
    position: one.position,
  };
}

const ZONE_IS_OVER = new Set(["CANCELLED", "EXPIRED"]);

function fromZone(one: Zone): Row {
  const isOpen = !ZONE_IS_OVER.has(one.state);
  return {
    sort: "zone",
    key: `${one.party}/${one.zone_id}`,
    group: "zones",
    what: "ZONE",
    id: one.zone_id,
    serial: one.serial,
    party: one.party,
    precedence: "",
    title: one.name,
    states: [one.state, one.rule],
    isOpen,
    at: one.counts_from ?? null,
    dueAt: isOpen ? end(one.valid_until ?? one.ends_at) : null,
    position: one.position,
  };
}

/** Called by what comes near what; its sentence says how near. */
function fromConflict(one: Conflict, position: number): Row {
  const isOpen = one.ended_at == null;
  return {
    sort: "conflict",
    key: one.id,
    group: "conflicts",
    what: "conflict",
    id: one.sides.map((side) => side.name || side.notice_id).join(" · "),
    serial: "",
    party: "",
    precedence: "",
    title: one.said,
    states: [one.verdict, one.state],
    isOpen,
    at: one.opened_at,
    dueAt: isOpen ? one.overlap_from : null,
    position,
  };
}

function fromPrivate(one: Private, position: number): Row {
  return {
    sort: "private",
    key: one.name,
    group: "private",
    what: "private",
    id: one.name,
    serial: "",
    party: "",
    precedence: "",
    title: one.remark,
    states: one.rule ? [one.rule] : [],
    isOpen: one.is_live,
    at: one.kept_at,
    dueAt: one.is_live ? end(one.valid_until) : null,
    position,
  };
}

function fromDraft(one: Draft, position: number): Row {
  return {
    sort: "draft",
    key: one.draft,
    group: "drafts",
    what: one.kind,
    id: one.draft,
    serial: "",
    party: "",
    precedence: one.precedence,
    title: `${one.by.officer}, ${one.by.post}`,
    states: [one.state],
    isOpen: one.state === "WAITING",
    at: one.drafted_at,
    dueAt: one.state === "WAITING" ? one.ends_at : null,
    position,
  };
}

function fromText(one: MessageRecord): Row {
  return {
    sort: "message",
    key: messageKey(one),
    group: "texts",
    what: one.kind,
    id: one.serial,
    serial: one.serial,
    party: one.party,
    precedence: one.precedence,
    title: one.by ? `${one.by["officer"] ?? ""}, ${one.by["post"] ?? ""}` : "",
    states: [],
    isOpen: true,
    at: one.at,
    dueAt: null,
    position: one.position,
  };
}

export interface Filter {
  group: Group;
  party: string;
  precedence: string;
  /** Only what waits for somebody, or stands. */
  openOnly: boolean;
  words: string;
}

export function filtered(rows: readonly Row[], filter: Filter): Row[] {
  const words = filter.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (filter.group === "all" ? row.group !== "texts" : row.group === filter.group) &&
      (!filter.party || row.party === filter.party) &&
      (!filter.precedence || row.precedence === filter.precedence) &&
      (!filter.openOnly || row.isOpen) &&
      holdsAll(row, words),
  );
}

function holdsAll(row: Row, words: string[]): boolean {
  if (words.length === 0) return true;
  const held = `${row.id} ${row.serial} ${row.title}`.toLocaleLowerCase();
  return words.every((word) => held.includes(word));
}

/** Later than every instant of the line. */
const NEVER = Number.MAX_SAFE_INTEGER;

export type Order = "urgency" | "time";

/** Urgency: what is open, the loudest, what is due next, the newest. Time: the newest. */
export function sorted(rows: readonly Row[], order: Order): Row[] {
  const byTime = (one: Row, other: Row): number =>
    (other.at ?? 0) - (one.at ?? 0) ||
    other.position - one.position ||
    one.key.localeCompare(other.key);
  if (order === "time") return [...rows].sort(byTime);
  return [...rows].sort(
    (one, other) =>
      Number(other.isOpen) - Number(one.isOpen) ||
      rank(one.precedence) - rank(other.precedence) ||
      (one.dueAt ?? NEVER) - (other.dueAt ?? NEVER) ||
      byTime(one, other),
  );
}

/** Tables and pages together, each thing once: what the stream changes is newer than a page. */
export function merged<T>(
  pages: readonly T[],
  table: readonly T[],
  keyOf: (one: T) => string,
): T[] {
  const all = new Map(pages.map((one) => [keyOf(one), one]));
  for (const one of table) all.set(keyOf(one), one);
  return [...all.values()];
}
