// Forms that were begun and not said are kept in this browser, so that neither a reload nor a crash
// loses a word. Each is known by line, kind, person and what it is about.

import { newRequestId } from "../state/request";
import type { Values } from "./values";

const BEGINS_WITH = "openline.form/";
/** At most so many are kept; the oldest is let go. */
const KEPT_MAX = 40;
/** A form that nobody has touched for a week is about something that is over. */
const KEPT_FOR_MS = 7 * 86_400_000;

export interface Kept {
  begunAt: number;
  changedAt: number;
  values: Values;
  precedence: string;
  recipients: string[];
  /** What was last tried to be said, with the id under which: so that it is said once. */
  tried: Tried | null;
}

export interface Tried {
  content: string;
  requestId: string;
}

export interface Place {
  party: string;
  line: string;
  person: string;
  kind: string;
  /** What it answers or changes; empty for a message of its own. */
  about: string;
}

const keyOf = (place: Place): string =>
  BEGINS_WITH +
  [place.party, place.line, place.person, place.kind, place.about]
    .map(encodeURIComponent)
    .join("/");

/** Keep what stands in a form; false if the browser does not (full, or not allowed). */
export function keep(place: Place, kept: Kept): boolean {
  const key = keyOf(place);
  try {
    localStorage.setItem(key, JSON.stringify(kept));
    prune(kept.changedAt, key);
    return true;
  } catch {
    return false;
  }
}

export function kept(place: Place): Kept | null {
  try {
    return checked(JSON.parse(localStorage.getItem(keyOf(place)) ?? "null"));
  } catch {
    return null;
  }
}

export function forget(place: Place): void {
  try {
    localStorage.removeItem(keyOf(place));
  } catch {
    // Where nothing can be kept, nothing is there.
  }
}

/** Forms that this person began on this line, the newest first. */
export function begun(party: string, line: string, person: string): (Place & Kept)[] {
  const found: (Place & Kept)[] = [];
  for (const key of keys()) {
    const place = placeOf(key);
    if (place?.party !== party || place.line !== line || place.person !== person) continue;
    const one = kept(place);
    if (one) found.push({ ...place, ...one });
  }
  return found.sort((one, other) => other.changedAt - one.changedAt);
}

function placeOf(key: string): Place | undefined {
  const parts = key.slice(BEGINS_WITH.length).split("/").map(decodeURIComponent);
  const [party, line, person, kind, about] = parts;
  if (party === undefined || line === undefined || person === undefined) return undefined;
  if (kind === undefined || about === undefined) return undefined;
  return { party, line, person, kind, about };
}

function keys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(BEGINS_WITH));
  } catch {
    return [];
  }
}

function prune(now: number, besides: string): void {
  const all = keys()
    .filter((key) => key !== besides)
    .map((key) => ({ key, at: changedAt(key) }))
    .sort((one, other) => other.at - one.at);
  all.forEach(({ key, at }, number) => {
    if (number >= KEPT_MAX - 1 || at < now - KEPT_FOR_MS) localStorage.removeItem(key);
  });
}

function changedAt(key: string): number {
  const place = placeOf(key);
  return (place && kept(place)?.changedAt) ?? 0;
}

/** What was kept, if it has the shape of it: another version of the page may have kept it. */
function checked(found: unknown): Kept | null {
  if (typeof found !== "object" || found === null) return null;
  const one = found as Partial<Kept>;
  const isWhole =
    typeof one.begunAt === "number" &&
    typeof one.changedAt === "number" &&
    typeof one.values === "object" &&
    typeof one.precedence === "string" &&
    Array.isArray(one.recipients);
  return isWhole ? (found as Kept) : null;
}

/** The id under which this content is said: the same as before if it was tried already. */
export function triedNow(content: string, before: Tried | null): Tried {
  return before?.content === content ? before : { content, requestId: newRequestId() };
}
