// Which microphone and which speaker this desk uses for calls. Kept in this browser: the next
// officer at the desk has the same handset.

const KEPT = "openline.devices";

interface Devices {
  /** By the browser's name for it; empty for the one that the system uses. */
  microphone: string;
  speaker: string;
}

let devices = $state<Devices>(kept());

function kept(): Devices {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Devices>;
    return { microphone: String(found.microphone ?? ""), speaker: String(found.speaker ?? "") };
  } catch {
    return { microphone: "", speaker: "" };
  }
}

export function currentDevices(): Devices {
  return devices;
}

export function setDevices(change: Partial<Devices>): void {
  devices = { ...devices, ...change };
  localStorage.setItem(KEPT, JSON.stringify(devices));
}

/** Let an element sound at the chosen speaker; at the usual one where that is not there. */
export async function soundAtSpeaker(audio: HTMLAudioElement): Promise<void> {
  if (devices.speaker && "setSinkId" in audio) {
    await audio.setSinkId(devices.speaker).catch(() => undefined);
  }
}
