// Everything that the node tells of one line, as it stands now: read whole when the stream begins,
// then changed by its events. Nothing here judges; the node has done that.

import { part, read } from "../api/client";
import type {
  Alarm,
  Conflict,
  Draft,
  Due,
  LineState,
  Matter,
  MessageRecord,
  Movement,
  Notice,
  Private,
  Site,
  Watch,
  Zone,
} from "../api/things";
import { messageKey, watchKey } from "./queue";
import { Table } from "./table.svelte";

const MESSAGES_KEPT_MAX = 1_000;

/** A notice's key; ids are a party's own, so two parties may use one. */
export const noticeKey = (one: { party: string; notice_id: string }): string =>
  `${one.party}/${one.notice_id}`;

interface Delivered {
  party: string;
  from: number;
  until: number;
  at: number;
}

export class Line {
  state = $state.raw<LineState | null>(null);
  due = $state.raw<Due[]>([]);
  /** Grows with each hold and release: whoever shows holds reads them anew. */
  holdsChanged = $state(0);
  readonly messages = new Table<MessageRecord>(messageKey, MESSAGES_KEPT_MAX);
  readonly notices = new Table<Notice>(noticeKey);
  readonly conflicts = new Table<Conflict>((one) => one.id);
  readonly matters = new Table<Matter>((one) => one.id);
  readonly alarms = new Table<Alarm>((one) => one.id);
  readonly zones = new Table<Zone>((one) => `${one.party}/${one.zone_id}`);
  readonly sites = new Table<Site>((one) => `${one.party}/${one.site_id}`);
  readonly movements = new Table<Movement>((one) => `${one.party}/${one.movement_id}`);
  readonly watches = new Table<Watch>(watchKey);
  readonly drafts = new Table<Draft>((one) => one.draft);
  readonly privates = new Table<Private>((one) => one.name);

  /** Events that came while something is read anew: what was read may be older than they are. */
  private came: [string, never][] = [];
  private readings = 0;
  private dueTimer: ReturnType<typeof setTimeout> | undefined;
  private stateTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param name The line's name.
   * @param own This node's party.
   */
  constructor(
    readonly name: string,
    readonly own: string,
  ) {}

  get path(): string {
    return `/lines/${part(this.name)}`;
  }

  /** Read the alarms alone: all that a locked desk may. */
  loadAlarms(): Promise<void> {
    return this.reading(() => this.readAlarms());
  }

  /** Read everything anew. */
  load(): Promise<void> {
    return this.reading(() => this.readAll());
  }

  /** Read, and take in once more what came meanwhile, so that no event is lost under it. */
  private async reading(what: () => Promise<void>): Promise<void> {
    this.readings += 1;
    try {
      await what();
    } finally {
      this.readings -= 1;
      for (const [name, data] of this.came) this.apply(name, data);
      if (this.readings === 0) this.came = [];
    }
  }

  private async readAlarms(): Promise<void> {
    const told = await read<{ alarms: Alarm[] }>(`${this.path}/alarms`, {
      acknowledged: true,
    });
    this.alarms.replace(told.alarms);
  }

  private async readAll(): Promise<void> {
    const list = async <T>(what: string, key: string, ask = {}): Promise<T[]> =>
      (await read<Record<string, T[]>>(`${this.path}/${what}`, ask))[key] ?? [];
    const fill = async <T>(table: Table<T>, rows: Promise<T[]>): Promise<void> =>
      table.replace(await rows);
    await Promise.all([
      this.loadMessages(),
      fill(this.notices, this.pages<Notice>("notices", "notices", { live: true })),
      fill(this.conflicts, list<Conflict>("conflicts", "conflicts", { private: true })),
      fill(this.matters, this.pages<Matter>("matters", "matters", { open: true })),
      this.readAlarms(),
      fill(this.zones, this.pages<Zone>("zones", "zones", {})),
      fill(this.sites, this.pages<Site>("sites", "sites", {})),
      fill(this.movements, this.pages<Movement>("movements", "movements", {})),
      fill(this.watches, list<Watch>("watches", "watches")),
      fill(this.drafts, list<Draft>("drafts", "drafts")),
      fill(this.privates, list<Private>("private", "private")),
      this.loadDue(),
    ]);
  }

  /** All pages of a list that has them. */
  private async pages<T extends { position: number }>(
    what: string,
    key: string,
    ask: Record<string, boolean>,
  ): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const after = all.at(-1)?.position ?? 0;
      const page = await read<Record<string, T[] | number>>(`${this.path}/${what}`, {
        ...ask,
        after,
      });
      const rows = page[key] as T[];
      all.push(...rows);
      if (!page["more"] || rows.length === 0) return all;
    }
  }

  /** The newest messages; what lies further back is asked for where it is wanted. */
  private async loadMessages(): Promise<void> {
    const ask = { newest: true, count: MESSAGES_KEPT_MAX };
    const page = await read<{ messages: MessageRecord[] }>(`${this.path}/messages`, ask);
    this.messages.replace(page.messages);
  }

  private async loadDue(): Promise<void> {
    this.due = (await read<{ due: Due[] }>(`${this.path}/due`)).due;
  }

  /** Read what is due anew, once for many changes. */
  private dueSoon(): void {
    this.dueTimer ??= setTimeout(() => {
      this.dueTimer = undefined;
      this.loadDue().catch(() => undefined);
    }, 700);
  }

  /** Ask for the line's state anew, once for many changes; the picture does the asking. */
  stateSoon(ask: () => void): void {
    this.stateTimer ??= setTimeout(() => {
      this.stateTimer = undefined;
      ask();
    }, 500);
  }

  /** Take in one event of the stream. */
  take(name: string, data: never): void {
    if (this.readings > 0) this.came.push([name, data]);
    this.apply(name, data);
  }

  private apply(name: string, data: never): void {
    switch (name) {
      case "message":
        this.messages.put(data);
        this.dueSoon();
        break;
      case "notice":
        this.notices.put(data);
        break;
      case "conflict":
      case "private_conflict":
        this.takeConflict(data);
        break;
      case "matter":
        this.takeMatter(data);
        this.dueSoon();
        break;
      case "alarm":
        this.alarms.put(data);
        break;
      case "zone":
        this.zones.put(data);
        break;
      case "site":
        this.sites.put(data);
        break;
      case "movement":
        this.movements.put(data);
        break;
      case "watch":
        this.watches.put(data);
        break;
      case "draft":
        this.drafts.put(data);
        break;
      case "private":
        this.privates.put(data);
        break;
      case "hold":
        this.holdsChanged += 1;
        break;
      case "delivered":
        this.takeDelivered(data);
        break;
    }
  }

  /** A counterpart receipted our messages from one index up to another, of our newest outbox. */
  private takeDelivered(told: Delivered): void {
    const epoch = this.messages.all.findLast((one) => one.party === this.own)?.epoch ?? 1;
    const first = Math.max(told.from, told.until - MESSAGES_KEPT_MAX);
    for (let index = first; index < told.until; index += 1) {
      const one = this.messages.get(messageKey({ party: this.own, epoch, index }));
      if (!one) continue;
      const delivered = { ...one.marks.delivered, [told.party]: told.at };
      this.messages.put({ ...one, marks: { ...one.marks, delivered } });
    }
  }

  private takeConflict(conflict: Conflict): void {
    if (conflict.state === "ENDED") this.conflicts.drop(conflict.id);
    else this.conflicts.put(conflict);
  }

  private takeMatter(matter: Matter): void {
    if (matter.is_open) this.matters.put(matter);
    else this.matters.drop(matter.id);
  }
}
