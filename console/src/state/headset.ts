// The button of a headset: browsers lead it, as a media key, to the page that plays something. So
// while a call rings or is held this page plays silence, and says what its keys do.

export interface Headset {
  /** The large button: it takes what rings, and mutes while the officers talk. */
  press: () => void;
  mute: () => void;
  end: () => void;
}

const RATE_HZ = 8_000;
/** Shorter sounds are taken for notices, to which no keys are led. */
const SILENCE_S = 10;

/** Let the headset's button do these until what is answered is called. */
export function followHeadset(title: string, headset: Headset): () => void {
  if (!("mediaSession" in navigator)) return () => undefined;
  const session = navigator.mediaSession;
  const acts: [string, () => void][] = [
    ["play", headset.press],
    ["pause", headset.press],
    ["stop", headset.end],
    ["hangup", headset.end],
    ["togglemicrophone", headset.mute],
  ];
  const set = (name: string, act: (() => void) | null): void => {
    try {
      session.setActionHandler(name as MediaSessionAction, act);
    } catch {
      // This browser does not know the key.
    }
  };
  for (const [name, act] of acts) set(name, act);
  session.metadata = new MediaMetadata({ title });
  const audio = new Audio(URL.createObjectURL(silence()));
  audio.loop = true;
  void audio.play().catch(() => undefined);
  return () => {
    audio.pause();
    URL.revokeObjectURL(audio.src);
    session.metadata = null;
    for (const [name] of acts) set(name, null);
  };
}

/** Some seconds of nothing, as a WAV file. */
function silence(): Blob {
  const size = 2 * RATE_HZ * SILENCE_S;
  const view = new DataView(new ArrayBuffer(44 + size));
  const put = (at: number, word: string): void =>
    [...word].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  put(0, "RIFF");
  view.setUint32(4, 36 + size, true);
  put(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, 2 * RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  put(36, "data");
  view.setUint32(40, size, true);
  return new Blob([view], { type: "audio/wav" });
}
