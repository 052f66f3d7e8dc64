// The lock of a desk that nobody touches: after some minutes the page hides what it shows, and the
// node lets its session do nothing but follow what changes. Unlocking is signing in anew.

import { act } from "../api/client";
import { begin, currentSession, type Session } from "./session.svelte";
import { isSpeaking, leaveVoices } from "./voices";

export const LOCK_AFTER_MIN_MIN = 1;
export const LOCK_AFTER_MIN_MAX = 30;
const LOCK_AFTER_MIN = 10;
const MINUTE_MS = 60_000;
/** The node locks by itself after half an hour without a sign: it is told once a minute. */
const TOLD_EVERY_MS = MINUTE_MS;
const AGAIN_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const KEPT = "openline.lock";
/** Every page of this browser has one session: what is touched in one counts for all. */
const TOUCHED = "openline.touched";
/** With what is written by no key: by voice, by a pen, by a keyboard on the glass. */
const TOUCHES = [
  "pointerdown",
  "pointermove",
  "keydown",
  "beforeinput",
  "input",
  "compositionupdate",
  "wheel",
] as const;

/** Before any part of the page can keep it to itself. */
const HEARD = { passive: true, capture: true } as const;

let afterMin = $state(kept());

/** Whole minutes within the bounds; what is no number gives the default. */
export function bounded(minutes: number): number {
  if (!Number.isFinite(minutes) || minutes <= 0) return LOCK_AFTER_MIN;
  return Math.min(LOCK_AFTER_MIN_MAX, Math.max(LOCK_AFTER_MIN_MIN, Math.round(minutes)));
}

function kept(): number {
  return bounded(Number(localStorage.getItem(KEPT) ?? LOCK_AFTER_MIN));
}

export function lockAfterMin(): number {
  return afterMin;
}

export function setLockAfter(minutes: number): void {
  afterMin = bounded(minutes);
  localStorage.setItem(KEPT, String(afterMin));
}

export function isLocked(): boolean {
  return currentSession()?.is_locked ?? false;
}

/** Lock now: the page at once, the node as soon as it hears. What was said by voice is over. */
export async function lock(): Promise<void> {
  const session = currentSession();
  if (!session || session.is_locked) return;
  begin({ ...session, is_locked: true });
  await leaveVoices();
  await act<Session>("/session/lock").catch(() => undefined);
}

/** Whether a desk that was touched last at an instant is to be locked. */
export const isLeft = (touchedAt: number, now: number, minutes: number): boolean =>
  now - touchedAt >= minutes * MINUTE_MS;

/** Watch over the desk until the answer is called. */
export function watchDesk(): () => void {
  let toldAt = Date.now();
  localStorage.setItem(TOUCHED, String(toldAt));

  const touched = (): void => {
    if (isLocked()) return;
    const now = Date.now();
    if (now - Number(localStorage.getItem(TOUCHED) ?? 0) >= LOOK_EVERY_MS) {
      localStorage.setItem(TOUCHED, String(now));
    }
    if (now - toldAt < TOLD_EVERY_MS) return;
    toldAt = now;
    // What the node did not hear is told it again soon.
    act("/session/touch").catch(() => (toldAt = now - TOLD_EVERY_MS + AGAIN_MS));
  };
  let wasLocked = isLocked();
  const look = (): void => {
    // Whoever has just unlocked the desk is at it, whenever it was touched before.
    if (isSpeaking()) touched();
    if (wasLocked && !isLocked()) localStorage.setItem(TOUCHED, String(Date.now()));
    const touchedAt = Number(localStorage.getItem(TOUCHED) ?? 0);
    if (!isLocked() && isLeft(touchedAt, Date.now(), afterMin)) void lock();
    wasLocked = isLocked();
  };

  for (const one of TOUCHES) window.addEventListener(one, touched, HEARD);
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const one of TOUCHES) window.removeEventListener(one, touched, HEARD);
  };
}
