// Things of one sort, by key, in the order in which they came. Components that read a table are
// drawn anew once for many changes: changes are told together, at most twenty times a second.

const TOLD_EVERY_MS = 50;

const waiting = new Set<Table<unknown>>();
let timer: ReturnType<typeof setTimeout> | undefined;

function tellSoon(table: Table<unknown>): void {
  waiting.add(table);
  timer ??= setTimeout(tellAll, TOLD_EVERY_MS);
}

/** Tell what changed now; tests and the first reading do not wait. */
export function tellAll(): void {
  clearTimeout(timer);
  timer = undefined;
  for (const table of waiting) table.told();
  waiting.clear();
}

export class Table<T> {
  private readonly rows = new Map<string, T>();
  private version = $state(0);
  private readonly ordered = $derived.by(() => {
    void this.version;
    return [...this.rows.values()];
  });

  /**
   * @param keyOf What a thing is known by.
   * @param most At most so many are kept; the oldest is let go.
   */
  constructor(
    private readonly keyOf: (thing: T) => string,
    private readonly most = Infinity,
  ) {}

  /** All of them; do not change the array. */
  get all(): readonly T[] {
    return this.ordered;
  }

  get size(): number {
    void this.version;
    return this.rows.size;
  }

  get(key: string): T | undefined {
    void this.version;
    return this.rows.get(key);
  }

  put(thing: T): void {
    this.rows.set(this.keyOf(thing), thing);
    if (this.rows.size > this.most) {
      const oldest = this.rows.keys().next().value;
      if (oldest !== undefined) this.rows.delete(oldest);
    }
    tellSoon(this as Table<unknown>);
  }

  drop(key: string): void {
    if (this.rows.delete(key)) tellSoon(this as Table<unknown>);
  }

  /** These and no others. */
  replace(things: readonly T[]): void {
    this.rows.clear();
    for (const thing of things.slice(-Math.min(things.length, this.most))) {
      this.rows.set(this.keyOf(thing), thing);
    }
    tellSoon(this as Table<unknown>);
  }

  told(): void {
    this.version += 1;
  }
}
