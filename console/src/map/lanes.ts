// Bars of the timeline, packed into lanes by whose they are. What finds no row is counted, so that
// ten thousand bars show how many there are at each time.

import type { Side, Thing } from "./things";

export interface Lane {
  side: Side;
  bars: { thing: Thing; row: number }[];
  /** How many more there are. */
  left: number;
  /** How many of these are in force in each piece of the span. */
  crowd: number[];
}

const PIECES = 96;
const SIDES: readonly Side[] = ["own", "other", "third", "unknown"];

/** Own and other party always have a lane; others where there is something of theirs. */
export function lanesOf(
  things: readonly Thing[],
  span: { from: number; until: number },
  rows: number,
): Lane[] {
  const width = (span.until - span.from) / PIECES;
  // A site stands for good: it has no bar.
  const seen = things.filter(
    (one) => one.sort !== "site" && one.from < span.until && one.until > span.from,
  );
  return SIDES.map((side) => {
    const own = seen.filter((one) => one.side === side).sort(byBeginning);
    const ends = Array<number>(rows).fill(-Infinity);
    const lane: Lane = { side, bars: [], left: 0, crowd: Array<number>(PIECES).fill(0) };
    for (const thing of own) {
      const row = ends.findIndex((end) => end <= thing.from);
      if (row >= 0) {
        ends[row] = thing.until;
        lane.bars.push({ thing, row });
        continue;
      }
      lane.left += 1;
      const first = Math.max(0, Math.floor((thing.from - span.from) / width));
      const last = Math.min(PIECES, Math.ceil((thing.until - span.from) / width));
      for (let piece = first; piece < last; piece += 1)
        lane.crowd[piece] = (lane.crowd[piece] ?? 0) + 1;
    }
    return lane;
  }).filter((lane) => lane.side === "own" || lane.side === "other" || lane.bars.length > 0);
}

const byBeginning = (one: Thing, other: Thing): number =>
  one.from === other.from ? 0 : one.from < other.from ? -1 : 1;
