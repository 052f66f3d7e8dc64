// How the sound of the other end comes in: whether it does at all, and how well. An end sends all
// the time, silence too, so where nothing comes the way is lost.

import { mark } from "./words.svelte";

/** Half a hundred packets that did not come: no jitter does that. */
const SILENT_MS = 2_000;
/** Of so many looks the quality is told: what was lost long ago is no longer heard. */
const LOOKS_KEPT = 11;

const GOOD = mark("good");
const UNEVEN = mark("uneven");
const POOR = mark("poor");

export interface Quality {
  /** The worst of its values, in a word of the catalogues. */
  said: string;
  lossPercent: number;
  delayMs: number;
  jitterMs: number;
}

interface Look {
  received: number;
  lost: number;
  jitterMs: number;
  delayMs: number;
}

export class Hearing {
  private looks: Look[] = [];
  private cameAt = performance.now();

  /** Look what has come in. */
  async look(connection: RTCPeerConnection): Promise<void> {
    const look = await lookAt(connection);
    if (look.received > (this.looks.at(-1)?.received ?? 0)) this.cameAt = performance.now();
    this.looks = [...this.looks, look].slice(-LOOKS_KEPT);
  }

  /** Whether nothing has come for longer than unevenness explains. */
  get isSilent(): boolean {
    return performance.now() - this.cameAt > SILENT_MS;
  }

  /** How the sound of the last seconds was; null before anything is known. */
  get quality(): Quality | null {
    const [first, last] = [this.looks[0], this.looks.at(-1)];
    return first && last && last !== first ? qualityOf(first, last) : null;
  }
}

/** In words as officers say how they read: what hinders speech is poor, what is heard uneven. */
export function qualityOf(first: Look, last: Look): Quality {
  const lost = Math.max(0, last.lost - first.lost);
  const received = Math.max(0, last.received - first.received);
  const lossPercent = Math.round((100 * lost) / Math.max(1, lost + received));
  const { delayMs, jitterMs } = last;
  const isPoor = lossPercent > 8 || delayMs > 400 || jitterMs > 100;
  const isUneven = lossPercent > 2 || delayMs > 150 || jitterMs > 40;
  return { said: isPoor ? POOR : isUneven ? UNEVEN : GOOD, lossPercent, delayMs, jitterMs };
}

async function lookAt(connection: RTCPeerConnection): Promise<Look> {
  const look: Look = { received: 0, lost: 0, jitterMs: 0, delayMs: 0 };
  const rows = await connection.getStats();
  rows.forEach((row: Record<string, unknown>) => {
    if (row["type"] === "inbound-rtp") {
      look.received = Number(row["packetsReceived"] ?? 0);
      look.lost = Number(row["packetsLost"] ?? 0);
      look.jitterMs = Math.round(1_000 * Number(row["jitter"] ?? 0));
    } else if (row["type"] === "transport") {
      const pair = rows.get(String(row["selectedCandidatePairId"])) as
        Record<string, unknown> | undefined;
      look.delayMs = Math.round(500 * Number(pair?.["currentRoundTripTime"] ?? 0));
    }
  });
  return look;
}
