// Which messages belong together: what a matter or a notice names, and whatever is said about one
// of those, in the order of the record.

import type { Matter, Message, MessageRecord } from "../api/things";

/** A message by author and index; the newest outbox is meant. */
export interface Named {
  party: string;
  index: number;
}

export const nameOf = (one: Named): string => `${one.party}/${one.index}`;

/** The messages of a matter, as they came: it names its steps by serial. */
export function namedByMatter(matter: Matter): Named[] {
  const steps = matter.standings.flatMap((standing) => standing.steps);
  const found = steps
    .filter((step) => step.serial)
    .sort((one, other) => one.at - other.at)
    .map((step) => ({ party: step.party, index: indexOf(step.serial) }));
  return distinct([{ party: matter.party, index: matter.index }, ...found]);
}

/** The index in a serial such as ALPHA-0012; -1 if there is none. */
export function indexOf(serial: string): number {
  const found = /-(\d+)$/.exec(serial.trim());
  return found ? Number(found[1]) : -1;
}

/** The author whose serials begin alike, by what is known of the record; empty if none does. */
export function authorOf(serial: string, records: readonly MessageRecord[]): string {
  const head = serial.trim().toUpperCase().replace(/\d+$/, "");
  return records.find((one) => one.serial.replace(/\d+$/, "") === head)?.party ?? "";
}

function distinct(all: readonly Named[]): Named[] {
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}

/**
 * The thread: what is named, and what answers it, the oldest first.
 *
 * What the table does not hold any more comes first, in the order given.
 */
export function threadOf(named: readonly Named[], records: readonly MessageRecord[]): Named[] {
  const known = new Map(records.map((one) => [nameOf(one), one]));
  const belongs = new Map(named.map((one) => [nameOf(one), one]));
  let size = -1;
  while (size !== belongs.size) {
    size = belongs.size;
    for (const one of records) {
      if (one.reply_to && belongs.has(nameOf(one.reply_to))) belongs.set(nameOf(one), one);
    }
  }
  const all = [...belongs.values()];
  const position = (one: Named): number => known.get(nameOf(one))?.position ?? 0;
  return all
    .sort((one, other) => position(one) - position(other))
    .map(({ party, index }) => ({ party, index }));
}

/** Kinds that say nothing but that something was done: a row is enough for them. */
export const BRIEF_KINDS = new Set(["READ", "QUERY_ACK", "PASSED_ON", "WATCH"]);

/** Fields of messages that hold free words, in the order in which officers read them. */
const WORDS = [
  "text",
  "activity",
  "what",
  "intention",
  "basis",
  "concern",
  "subject",
  "facts",
  "assessment",
  "harm",
  "measures",
  "findings",
  "disagreement",
  "reason",
  "why",
];

/** The words as their author wrote them; empty where the message has none. */
export function originalOf(message: Message): string {
  const body = message.body ?? {};
  return WORDS.map((name) => body[name])
    .filter((held): held is string => typeof held === "string" && held.trim() !== "")
    .join("\n");
}
