// What this desk says by voice: a call, a note that is spoken. While there is any the desk counts as
// touched, and none goes on when its officer leaves it.

interface Voice {
  isOn: () => boolean;
  /** Close the microphone, and say on the record that it is over, as far as that can be said. */
  leave: () => Promise<void>;
}

/** So long is waited for the record: what is not said by then is not said. */
const LEAVE_MS_MAX = 3_000;

const voices: Voice[] = [];

export function isVoice(voice: Voice): void {
  voices.push(voice);
}

export const isSpeaking = (): boolean => voices.some((one) => one.isOn());

/** The officer leaves the desk: locks it, signs out, or is signed out. */
export async function leaveVoices(): Promise<void> {
  const left = Promise.allSettled(voices.map((one) => one.leave()));
  await Promise.race([left, new Promise((resolve) => setTimeout(resolve, LEAVE_MS_MAX))]);
}
