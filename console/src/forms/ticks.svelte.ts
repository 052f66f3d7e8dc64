// What an officer ticked of a procedure by hand, and when it was begun: kept in this browser, for
// nothing of it is on the record.

import { nodeNow } from "../state/clock.svelte";

const BEGINS_WITH = "openline.procedure/";
/** A procedure that nobody has gone on with for two days is begun anew. */
const KEPT_FOR_MS = 2 * 86_400_000;

interface Kept {
  begunAt: number;
  ticked: number[];
}

export class Ticks {
  begunAt = $state(0);
  ticked = $state.raw<ReadonlySet<number>>(new Set());

  constructor(private readonly key: string) {
    const now = nodeNow();
    const found = read(key);
    const isFresh = found !== null && now - found.begunAt < KEPT_FOR_MS;
    this.begunAt = isFresh ? found.begunAt : now;
    this.ticked = new Set(isFresh ? found.ticked : []);
    this.write();
  }

  toggle(number: number): void {
    const next = new Set(this.ticked);
    if (!next.delete(number)) next.add(number);
    this.ticked = next;
    this.write();
  }

  anew(): void {
    this.begunAt = nodeNow();
    this.ticked = new Set();
    this.write();
  }

  private write(): void {
    try {
      const kept: Kept = { begunAt: this.begunAt, ticked: [...this.ticked] };
      localStorage.setItem(BEGINS_WITH + this.key, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing shows the ticks until it is closed.
    }
  }
}

function read(key: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(BEGINS_WITH + key) ?? "null") as Kept | null;
    return found && typeof found.begunAt === "number" && Array.isArray(found.ticked) ? found : null;
  } catch {
    return null;
  }
}

const all = new Map<string, Ticks>();

/** The ticks of a procedure about a thing: the same for whoever shows it. */
export function ticks(key: string): Ticks {
  let found = all.get(key);
  if (!found) {
    found = new Ticks(key);
    all.set(key, found);
  }
  return found;
}
