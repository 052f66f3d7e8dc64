// The node's clock as this page knows it. Everything on the screen counts by it, for a desk's own
// clock may be wrong, and the line's times are the node's.

import { MONTHS } from "./instant";
import { t } from "./words.svelte";

let offsetMs = 0;
let now = $state(Date.now());

/** The node said that its clock shows this. */
export function setClock(nodeNow: number): void {
  offsetMs = nodeNow - Date.now();
  now = nodeNow;
}

/** The node's time in UTC milliseconds; whoever reads it in a component follows it. */
export function nodeNow(): number {
  return now;
}

export function startClock(): () => void {
  const timer = setInterval(() => (now = Date.now() + offsetMs), 1_000);
  return () => clearInterval(timer);
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A date-time group: 070140ZAPR17. */
export function dtg(at: number): string {
  const d = new Date(at);
  const time = `${two(d.getUTCDate())}${two(d.getUTCHours())}${two(d.getUTCMinutes())}Z`;
  return `${time}${MONTHS[d.getUTCMonth()]}${two(d.getUTCFullYear() % 100)}`;
}

/** Time of day in Zulu: 01:40:05Z. */
export function zulu(at: number, withSeconds = true): string {
  const text = new Date(at).toISOString();
  return `${text.slice(11, withSeconds ? 19 : 16)}Z`;
}

/** Time of day as this desk's own clock on the wall has it: 04:40:05. */
export function localTime(at: number): string {
  const d = new Date(at);
  return [d.getHours(), d.getMinutes(), d.getSeconds()].map(two).join(":");
}

/** How long, in the two largest units: 1:05:09 h, 4:59, 12 s. */
export function span(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1_000);
  const h = Math.floor(s / 3_600);
  const m = Math.floor((s % 3_600) / 60);
  if (h >= 48) return t("{days} d {hours} h", { days: Math.floor(h / 24), hours: h % 24 });
  if (h) return `${h}:${two(m)}:${two(s % 60)}`;
  return `${m}:${two(s % 60)}`;
}
