// What a form is begun with that no address can hold: kept in this page, and named by a number.

interface Prefilled {
  line: string;
  fields: Record<string, unknown>;
}

const KEPT_MAX = 20;
const kept = new Map<number, Prefilled>();
let last = 0;

/** Keep the fields of a form that is opened next; the number stands in its address. */
export function keepPrefilled(line: string, fields: Record<string, unknown>): number {
  last += 1;
  kept.set(last, { line, fields });
  if (kept.size > KEPT_MAX) kept.delete(Math.min(...kept.keys()));
  return last;
}

/** What was kept for a form of the line, by what stands in its address behind the kind. */
export function prefilledOf(
  line: string,
  rest: readonly string[],
): Record<string, unknown> | undefined {
  if (rest[0] !== "prefilled") return undefined;
  const found = kept.get(Number(rest[1]));
  return found?.line === line ? found.fields : undefined;
}
