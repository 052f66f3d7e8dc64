// Tones: one for each precedence, repeated until somebody acknowledges. The browser gives no sound
// before somebody has touched the page; until then the screen says AUDIO LOCKED.

import { PRECEDENCES, type Precedence } from "../api/things";

/** Hertz and milliseconds of each beep, then how long until the next time. */
const TONES: Record<Precedence, { beeps: [number, number][]; againMs: number }> = {
  FLASH: {
    beeps: [
      [988, 160],
      [740, 160],
      [988, 160],
      [740, 160],
    ],
    againMs: 3_000,
  },
  IMMEDIATE: {
    beeps: [
      [880, 200],
      [880, 200],
    ],
    againMs: 10_000,
  },
  PRIORITY: { beeps: [[660, 250]], againMs: 30_000 },
  ROUTINE: { beeps: [[523, 150]], againMs: 120_000 },
};

const GAP_MS = 60;
const LOUD = 0.35;

let context: AudioContext | undefined;
let isUnlocked = $state(false);
let silentUntil = $state(0);

export function isAudioLocked(): boolean {
  return !isUnlocked;
}

/** To be called when somebody touches the page: only then does a browser give sound. */
export async function unlock(): Promise<void> {
  context ??= new AudioContext();
  await context.resume();
  isUnlocked = context.state === "running";
}

export function silence(ms: number): void {
  silentUntil = Date.now() + ms;
}

export function isSilenced(now: number): boolean {
  return now < silentUntil;
}

export function unsilence(): void {
  silentUntil = 0;
}

/** Sound the tone of a precedence once; false if the browser gives no sound. */
export function sound(precedence: string): boolean {
  if (!context || context.state !== "running") return false;
  const known = PRECEDENCES.find((one) => one === precedence) ?? "ROUTINE";
  let at = context.currentTime;
  for (const [hertz, ms] of TONES[known].beeps) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUD, at + 0.01);
    gain.gain.setValueAtTime(LOUD, at + ms / 1_000 - 0.02);
    gain.gain.linearRampToValueAtTime(0, at + ms / 1_000);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + ms / 1_000);
    at += (ms + GAP_MS) / 1_000;
  }
  return true;
}

/** After how long the tone of a precedence comes again. */
export function againAfterMs(precedence: string): number {
  const known = PRECEDENCES.find((one) => one === precedence) ?? "ROUTINE";
  return TONES[known].againMs;
}
