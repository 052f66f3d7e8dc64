// How the map is looked at: the span of time, the instant, the band of altitude. Kept while the
// page stands, so that another screen shows the same.

import { mark } from "../state/words.svelte";
import type { Range } from "./altitudes";

const HOUR_MS = 3_600_000;
export const SPANS = { "6 h": 6 * HOUR_MS, "24 h": 24 * HOUR_MS, "3 d": 72 * HOUR_MS } as const;
export type Span = keyof typeof SPANS;
export const SPAN_TITLES: Record<Span, string> = {
  "6 h": mark("6 h"),
  "24 h": mark("24 h"),
  "3 d": mark("3 d"),
};

/** So much of the span lies before now: enough to look back at what led here. */
const PAST_SHARE = 1 / 3;

class MapView {
  span = $state<Span>("24 h");
  /** The instant looked at; null follows the clock and shows the whole span. */
  at = $state<number | null>(null);
  band = $state.raw<Range>([-Infinity, Infinity]);
  /** Whether the past is shown as it was known then. */
  isReplay = $state(false);

  get spanMs(): number {
    return SPANS[this.span];
  }

  /** The span of time that is shown, by the clock. */
  window(now: number): { from: number; until: number } {
    const from = now - this.spanMs * PAST_SHARE;
    return { from, until: from + this.spanMs };
  }

  /** Back to the clock, and to what is known now. */
  toNow(): void {
    this.at = null;
    this.isReplay = false;
  }
}

export const view = new MapView();
