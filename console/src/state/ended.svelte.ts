// What has ended and is in no table of the line: read page by page when somebody asks for it, and
// kept as long as the list that asked is shown.

import { read } from "../api/client";
import type { Matter, Movement, Notice, Zone } from "../api/things";
import type { Line } from "./line.svelte";

const PAGE_COUNT = 200;

interface Positioned {
  position: number;
}

/** One list of the API that has pages. */
export class Pages<T extends Positioned> {
  rows = $state.raw<T[]>([]);
  /** How many there are after these; -1 before the first page. */
  more = $state(-1);

  constructor(
    private readonly path: string,
    private readonly key: string,
    private readonly ask: Record<string, boolean> = {},
  ) {}

  async next(): Promise<void> {
    const after = this.rows.at(-1)?.position ?? 0;
    const asked = { ...this.ask, after, count: PAGE_COUNT };
    const page = await read<Record<string, T[] | number>>(this.path, asked);
    const rows = page[this.key] as T[];
    this.rows = [...this.rows, ...rows];
    this.more = rows.length === 0 ? 0 : Number(page["more"]);
  }
}

export class Ended {
  readonly notices: Pages<Notice>;
  readonly movements: Pages<Movement>;
  readonly zones: Pages<Zone>;
  readonly matters: Pages<Matter>;
  isBegun = $state(false);

  constructor(line: Line) {
    this.notices = new Pages(`${line.path}/notices`, "notices", { live: false });
    this.movements = new Pages(`${line.path}/movements`, "movements", { ended: true });
    this.zones = new Pages(`${line.path}/zones`, "zones", { ended: true });
    this.matters = new Pages(`${line.path}/matters`, "matters", { open: false });
  }

  /** How many things are known to be on pages that were not read. */
  get more(): number {
    return this.lists.reduce((sum, one) => sum + Math.max(0, one.more), 0);
  }

  private get lists(): Pages<Positioned>[] {
    return [this.notices, this.movements, this.zones, this.matters];
  }

  /** The first pages. */
  async begin(): Promise<void> {
    if (this.isBegun) return;
    this.isBegun = true;
    await Promise.all(this.lists.map((one) => one.next()));
  }

  async next(): Promise<void> {
    await Promise.all(this.lists.filter((one) => one.more > 0).map((one) => one.next()));
  }
}
