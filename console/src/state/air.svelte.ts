// The air picture: tracks of this party's own feeds and the alerts about them, followed while
// somebody looks. Each second what changed comes; where each was is kept here for its trail.

import { follow } from "../api/stream";
import type { AirAlert, Track } from "../api/things";

export interface TrailPoint {
  at: number;
  lat: number;
  lon: number;
}

interface Told {
  at: number;
  tracks: Track[];
  gone: string[];
  alerts: AirAlert[];
}

const AGAIN_MS_MIN = 1_000;
const AGAIN_MS_MAX = 15_000;
/** Time between two points of a trail, and how many there are. */
const TRAIL_STEP_MS = 5_000;
const TRAIL_POINTS_MAX = 60;

export class Air {
  tracks = $state.raw<readonly Track[]>([]);
  alerts = $state.raw<readonly AirAlert[]>([]);
  /** The node's time of what is shown; 0 before anything came. */
  at = $state(0);
  /** Whether tracks are drawn on the map. */
  isDrawn = $state(true);
  private readonly known = new Map<string, Track>();
  private readonly trails = new Map<string, TrailPoint[]>();
  // By either track of an alert: a list of all tracks asks for each of them every second.
  private alerted = $state.raw<ReadonlyMap<string, AirAlert>>(new Map());
  private lookers = 0;
  private stopping: AbortController | undefined;

  /** Follow the tracks until what is answered is called. */
  look(): () => void {
    this.lookers += 1;
    if (this.lookers === 1) {
      this.stopping = new AbortController();
      void this.run(this.stopping.signal);
    }
    return () => {
      this.lookers -= 1;
      if (this.lookers === 0) this.stopping?.abort();
    };
  }

  track(id: string): Track | undefined {
    // Read so that whoever shows it follows; the map beside it finds it at once.
    return this.tracks.length > 0 ? this.known.get(id) : undefined;
  }

  trail(id: string): readonly TrailPoint[] {
    return this.trails.get(id) ?? [];
  }

  /** The gravest alert about a track, its own or with it as the other. */
  alertOf(id: string): AirAlert | undefined {
    return this.alerted.get(id);
  }

  private async run(stop: AbortSignal): Promise<void> {
    let again = AGAIN_MS_MIN;
    while (!stop.aborted) {
      // The first event of a stream has all tracks: what was known before is not carried on.
      let isFirst = true;
      const listener = {
        onEvent: ({ data }: { data: unknown }): void => {
          if (isFirst) this.forget();
          isFirst = false;
          again = AGAIN_MS_MIN;
          this.take(data as Told);
        },
        onLife: (): void => undefined,
        onEnd: (): void => undefined,
      };
      await follow("", listener, stop, "/air/events");
      if (stop.aborted) break;
      await new Promise((resolve) => setTimeout(resolve, again));
      again = Math.min(again * 2, AGAIN_MS_MAX);
    }
    this.forget();
    this.tracks = [];
    this.warn([]);
  }

  /** Keep the alerts; the list has the gravest first, so what is there already stays. */
  private warn(alerts: readonly AirAlert[]): void {
    const alerted = new Map<string, AirAlert>();
    for (const alert of alerts) {
      for (const id of [alert.track, alert.about]) if (!alerted.has(id)) alerted.set(id, alert);
    }
    this.alerts = alerts;
    this.alerted = alerted;
  }

  private forget(): void {
    this.known.clear();
    this.trails.clear();
  }

  /** Take in what one second brought. */
  take(told: Told): void {
    for (const id of told.gone) {
      this.known.delete(id);
      this.trails.delete(id);
    }
    for (const track of told.tracks) {
      this.known.set(track.id, track);
      this.draw(track);
    }
    this.tracks = [...this.known.values()];
    this.warn(told.alerts);
    this.at = told.at;
  }

  private draw(track: Track): void {
    let trail = this.trails.get(track.id);
    if (!trail) {
      trail = (track.trail ?? []).map((one) => ({
        at: one.at,
        lat: one.lat_e7 / 1e7,
        lon: one.lon_e7 / 1e7,
      }));
      this.trails.set(track.id, trail);
    }
    const { lat_deg: lat, lon_deg: lon, position_at: at } = track;
    if (lat == null || lon == null || at == null) return;
    if (at - (trail.at(-1)?.at ?? 0) < TRAIL_STEP_MS) return;
    trail.push({ at, lat, lon });
    if (trail.length > TRAIL_POINTS_MAX) trail.shift();
  }
}

export const air = new Air();
