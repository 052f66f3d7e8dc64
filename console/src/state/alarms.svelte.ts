// What rings: unacknowledged alarms of every line, and a picture that is stale. The loudest rings,
// within a precedence the oldest is shown first; acknowledging one leaves the others as they are.

import { act, part } from "../api/client";
import { rank, type Alarm } from "../api/things";
import type { Line } from "./line.svelte";
import { nodeNow } from "./clock.svelte";
import { picture } from "./picture.svelte";
import { currentSession } from "./session.svelte";
import { againAfterMs, isSilenced, sound } from "./sound.svelte";

export interface Ringing {
  line: Line;
  alarm: Alarm;
}

/** How an alarm stands at this desk. */
export type Stands = "unacknowledged" | "cleared" | "shelved" | "acknowledged";

/** Shelving puts an alarm aside on this console alone, for so long at most. */
export const SHELVED_MS_MAX = 900_000;

let shelved = $state.raw<ReadonlyMap<string, number>>(new Map());

/** Until when an alarm is shelved here; undefined where it is not. */
export function shelvedUntil(alarm: Alarm): number | undefined {
  const until = shelved.get(alarm.id);
  return until !== undefined && until > nodeNow() ? until : undefined;
}

export const mayBeShelved = (alarm: Alarm): boolean =>
  alarm.precedence !== "FLASH" && !alarm.acknowledged;

/** Put an alarm aside here; it rings again by itself. */
export function shelve(alarm: Alarm, ms: number): void {
  if (!mayBeShelved(alarm)) return;
  shelved = new Map(shelved).set(alarm.id, nodeNow() + Math.min(ms, SHELVED_MS_MAX));
}

export function unshelve(alarm: Alarm): void {
  const rest = new Map(shelved);
  rest.delete(alarm.id);
  shelved = rest;
}

export function standsAs(alarm: Alarm): Stands {
  if (alarm.acknowledged) return "acknowledged";
  if (mayBeShelved(alarm) && shelvedUntil(alarm) !== undefined) return "shelved";
  return alarm.over_at === null ? "unacknowledged" : "cleared";
}

const byUrgency = (one: Ringing, other: Ringing): number =>
  rank(one.alarm.precedence) - rank(other.alarm.precedence) || one.alarm.at - other.alarm.at;

/** Every alarm of every line that the node still tells of, the one to look at first first. */
export function allAlarms(): Ringing[] {
  return picture.lines
    .flatMap((line) => line.alarms.all.map((alarm) => ({ line, alarm })))
    .sort(byUrgency);
}

/** Every alarm that nobody has acknowledged and that is not shelved here. */
export function ringing(): Ringing[] {
  return allAlarms().filter(({ alarm }) => {
    const stands = standsAs(alarm);
    return stands === "unacknowledged" || stands === "cleared";
  });
}

/** How loud it is now: a precedence, or nothing. */
export function loudest(): string {
  if (picture.isStale && picture.isRead) return "IMMEDIATE";
  return ringing()[0]?.alarm.precedence ?? "";
}

export async function acknowledge({ line, alarm }: Ringing): Promise<void> {
  await act(`/lines/${part(line.name)}/alarms/acknowledge`, { alarm: alarm.id });
}

/** Sound what rings, again and again, until the answer is called. */
export function ring(): () => void {
  let last = "";
  let next = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    const precedence = loudest();
    if (precedence !== last) next = 0;
    last = precedence;
    if (!precedence || now < next || isSilenced(now)) return;
    sound(precedence);
    next = now + againAfterMs(precedence);
  }, 250);
  return () => clearInterval(timer);
}

const told = new Map<string, Notification>();
let wasLocked = false;

/** Tell the desk outside of the page too, where the officer allowed it. */
export function notify(): void {
  const now = ringing();
  // What is permitted is asked of another process: not where there is nothing to tell.
  if (now.length === 0 && told.size === 0) return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const ids = new Set(now.map(({ alarm }) => alarm.id));
  const isLocked = currentSession()?.is_locked ?? false;
  // What a locked desk must not show is not shown beside it either.
  const isAnew = isLocked && !wasLocked;
  wasLocked = isLocked;
  for (const [id, shown] of told) {
    if (isAnew || !ids.has(id)) {
      shown.close();
      told.delete(id);
    }
  }
  for (const { alarm } of now) {
    if (told.has(alarm.id)) continue;
    const title = `Openline: ${alarm.precedence}`;
    const shown = new Notification(title, {
      body: isLocked ? "" : alarm.said,
      tag: alarm.id,
      requireInteraction: true,
    });
    shown.onclick = () => window.focus();
    told.set(alarm.id, shown);
  }
}
