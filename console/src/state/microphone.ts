// The microphone of this desk, or why there is none.

import { currentDevices } from "./devices.svelte";
import { Hindrance } from "./hindrance";
import { mark } from "./words.svelte";

const FAULTS: Record<string, string> = {
  NotAllowedError: mark(
    "The browser may not use the microphone. Allow it for this page, or take the call at another desk.",
  ),
  NotFoundError: mark("There is no microphone at this desk. Connect one, and try again."),
  NotReadableError: mark("Another program has the microphone. Close it, and try again."),
};
const UNSAFE_PAGE = mark("This page may not ask for a microphone, for it is not served safely.");
export const GIVES_NO_SOUND = mark("The microphone gives no sound. Look at it, and try again.");

/** The sound of the chosen microphone, or of another that is there; a Hindrance without any. */
export async function microphone(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Hindrance(UNSAFE_PAGE);
  const wish = currentDevices().microphone;
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: wish ? { deviceId: { ideal: wish } } : true,
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new Hindrance(FAULTS[name] ?? GIVES_NO_SOUND);
  }
}
