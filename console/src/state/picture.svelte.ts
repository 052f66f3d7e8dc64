// The whole picture of this console: the lines, and whether what is shown is fresh. A stream that
// is silent for longer than its sign of life makes the picture STALE, and the screen says so.

import { follow, type StreamEvent } from "../api/stream";
import { read } from "../api/client";
import type { Status } from "../api/things";
import { nodeNow, setClock } from "./clock.svelte";
import { Line } from "./line.svelte";
import { currentSession, end } from "./session.svelte";
import { tellAll } from "./table.svelte";

/** The node gives a sign of life every 3 s; twice that and a little is silence. */
const SILENT_MS = 7_500;
/** Ticks are no events: what the desk says of them is read anew so often. */
const TICKS_EVERY_MS = 5_000;
const AGAIN_MS_MIN = 500;
const AGAIN_MS_MAX = 10_000;

export class Picture {
  party = $state("");
  version = $state("");
  lines = $state.raw<Line[]>([]);
  /** The line that the officer looks at. */
  chosen = $state("");
  /** When the node told the lines' states, by its clock. */
  toldAt = $state(0);
  isRead = $state(false);
  isConnected = $state(false);
  /** When the stream last showed life, by this machine's own steady clock. */
  private lifeAt = $state(performance.now());
  private steady = $state(performance.now());
  private lastId = "";
  private stopping: AbortController | undefined;
  private again = AGAIN_MS_MIN;

  get line(): Line | undefined {
    return this.lines.find((one) => one.name === this.chosen) ?? this.lines[0];
  }

  /** Whether nothing was heard for so long that what is shown may be over. */
  get isStale(): boolean {
    return this.silentMs > SILENT_MS;
  }

  get silentMs(): number {
    return Math.max(0, this.steady - this.lifeAt);
  }

  /** Follow the node until `stop`. */
  start(): void {
    const stopping = new AbortController();
    this.stopping = stopping;
    const beat = setInterval(() => (this.steady = performance.now()), 500);
    const ticks = setInterval(() => this.readTicks(), TICKS_EVERY_MS);
    stopping.signal.addEventListener("abort", () => {
      clearInterval(beat);
      clearInterval(ticks);
    });
    void this.run(stopping.signal);
  }

  stop(): void {
    this.stopping?.abort();
    this.isConnected = false;
    this.isRead = false;
    this.lastId = "";
  }

  private async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      let status = 0;
      const listener = {
        onEvent: (event: StreamEvent): void => this.take(event),
        onLife: (): void => this.alive(),
        onEnd: (told: number): void => {
          status = told;
          this.isConnected = false;
        },
      };
      this.lastId = await follow(this.lastId, listener, stop);
      if (status === 401) {
        this.stop();
        end();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, this.again));
      this.again = Math.min(this.again * 2, AGAIN_MS_MAX);
    }
  }

  private alive(): void {
    this.lifeAt = performance.now();
    this.steady = this.lifeAt;
    this.isConnected = true;
    this.again = AGAIN_MS_MIN;
  }

  private take(event: StreamEvent): void {
    const data = event.data as { line?: string };
    if (event.name === "begin") {
      this.loadAll();
      return;
    }
    const line = this.lines.find((one) => one.name === data.line);
    if (event.name === "state" || event.name === "delivered" || !line) {
      (line ?? this.lines[0])?.stateSoon(() => void this.loadStatus());
      if (event.name === "state") return;
    }
    line?.take(event.name, event.data as never);
  }

  private readTicks(): void {
    if (!this.isConnected || currentSession()?.is_locked) return;
    void this.loadStatus().catch(() => undefined);
  }

  private loadAll(): void {
    this.load().catch(() => {
      // What could not be read now is read anew after a while, or the stream begins anew.
      setTimeout(() => this.loadAll(), 2_000);
    });
  }

  /** Read everything anew: the state of each line, then what is on it. */
  async load(): Promise<void> {
    await this.loadStatus();
    const isLocked = currentSession()?.is_locked;
    await Promise.all(this.lines.map((line) => (isLocked ? line.loadAlarms() : line.load())));
    tellAll();
    this.isRead = true;
  }

  async loadStatus(): Promise<void> {
    const status = await read<Status>("/status");
    setClock(status.now);
    this.toldAt = status.now;
    this.party = status.party;
    this.version = status.version;
    const known = new Map(this.lines.map((line) => [line.name, line]));
    const lines = status.lines.map(
      (told) => known.get(told.line) ?? new Line(told.line, status.party),
    );
    status.lines.forEach((told, at) => {
      const line = lines[at];
      if (line) line.state = told;
    });
    if (lines.some((line, at) => line !== this.lines[at]) || lines.length !== this.lines.length) {
      this.lines = lines;
    }
  }
}

export const picture = new Picture();

/** How long ago an instant of the node's clock is. */
export function ago(at: number): number {
  return nodeNow() - at;
}
