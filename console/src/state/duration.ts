// Durations as officers and the node write them: one number with its unit, or several.

export const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const UNITS_MS: Record<string, number> = {
  ms: 1,
  s: SECOND_MS,
  min: MINUTE_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** Milliseconds of `30 min`, `1h30min`, `2 d`; undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const typed = text.trim().toLowerCase();
  if (!/^(\d{1,9}(\.\d{1,3})?\s*[a-z]+\s*)+$/.test(typed)) return undefined;
  let sum = 0;
  for (const [, count, unit] of typed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const size = UNITS_MS[unit ?? ""];
    if (size === undefined) return undefined;
    sum += Number(count) * size;
  }
  return Math.round(sum);
}

/** A duration as the node takes it: one number with the largest unit that fits. */
export function durationOf(ms: number): string {
  for (const unit of ["d", "h", "min", "s"]) {
    const size = UNITS_MS[unit] ?? 1;
    if (ms > 0 && ms % size === 0) return `${ms / size} ${unit}`;
  }
  return `${ms} ms`;
}
