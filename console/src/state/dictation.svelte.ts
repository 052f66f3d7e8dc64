// Speaks voice notes: the microphone's sound becomes Opus packets, and these messages, a piece at
// a time. A piece is sent as soon as it is full, so that little is lost where the page is; what the
// node has not taken yet stays here and is sent again.

import { Hindrance } from "./hindrance";
import type { Line } from "./line.svelte";
import { microphone } from "./microphone";
import { newRequestId, say } from "./request";
import { currentLanguage, mark } from "./words.svelte";

/** A piece that is heard through while the next is spoken. */
export const PIECE_MS = 20_000;
const SAMPLES_PER_S = 48_000;
const BITS_PER_S = 16_000;
const PACKET_MS = 20;
const LEVEL_MS = 100;

const CANNOT = mark("This browser cannot record speech. Ring the post, or say it in a text.");

export interface Wish {
  precedence: string;
  recipients: string[];
  text: string;
  about?: { party: string; index: number };
}

export type PieceState = "waits" | "sent" | "failed";

/** What goes into one message. */
export interface Piece {
  id: string;
  line: Line;
  wish: Wish;
  packets: string[];
  state: PieceState;
  serial: string;
  error: unknown;
}

interface Track extends MediaStreamTrack {
  kind: "audio";
}
type Sounds = ReadableStream<AudioData>;
type Processor = new (of: { track: Track }) => { readable: Sounds };

export const piecesOf = (packets: string[]): number => (packets.length * PACKET_MS) / 1_000;

class Dictation {
  phase = $state<"none" | "asking" | "speaking">("none");
  /** From 0 to 1, as loud as it was in the last tenth of a second. */
  level = $state(0);
  /** Packets of the piece that is spoken. */
  count = $state(0);
  pieces = $state<Piece[]>([]);
  error = $state.raw<unknown>(null);

  private packets: string[] = [];
  private stopAll: () => Promise<void> = () => Promise.resolve();
  private isSending = false;

  get unsent(): Piece[] {
    return this.pieces.filter((one) => one.state !== "sent");
  }

  /** Begin to speak; what is said goes to the parties of the wish. */
  async speak(line: Line, wish: Wish): Promise<void> {
    if (this.phase !== "none") return;
    this.error = null;
    this.phase = "asking";
    try {
      await this.record(line, wish);
      this.phase = "speaking";
    } catch (error) {
      this.phase = "none";
      this.error = error;
    }
  }

  /** Stop, and send what was said since the last piece. */
  async stop(): Promise<void> {
    if (this.phase !== "speaking") return;
    this.phase = "none";
    await this.stopAll();
  }

  /** Send what the node did not take, in order. */
  again(): void {
    for (const piece of this.pieces) if (piece.state === "failed") piece.state = "waits";
    void this.send();
  }

  /** Put away what is sent. */
  clear(): void {
    this.pieces = this.unsent;
  }

  private async record(line: Line, wish: Wish): Promise<void> {
    const processor = (globalThis as { MediaStreamTrackProcessor?: Processor })
      .MediaStreamTrackProcessor;
    if (!processor || !("AudioEncoder" in globalThis)) throw new Hindrance(CANNOT);
    const sound = await microphone();
    const context = new AudioContext({ sampleRate: SAMPLES_PER_S });
    const source = context.createMediaStreamSource(sound);
    const looked = context.createAnalyser();
    const out = new MediaStreamAudioDestinationNode(context, {
      channelCount: 1,
      channelCountMode: "explicit",
    });
    source.connect(looked);
    source.connect(out);
    const spoken = { ...wish };
    const cut = (): void => {
      if (!this.packets.length) return;
      const packets = this.packets;
      this.packets = [];
      this.count = 0;
      this.put(line, { ...spoken }, packets);
      // The words say what all of it is about: once.
      spoken.text = "";
    };
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        this.packets.push(btoa(String.fromCharCode(...packet)));
        this.count = this.packets.length;
        if (this.packets.length * PACKET_MS >= PIECE_MS) cut();
      },
      error: (error) => (this.error = error),
    });
    encoder.configure({
      codec: "opus",
      sampleRate: SAMPLES_PER_S,
      numberOfChannels: 1,
      bitrate: BITS_PER_S,
      opus: { frameDuration: PACKET_MS * 1_000 },
    });
    const [track] = out.stream.getAudioTracks();
    const reader = new processor({ track: track as Track }).readable.getReader();
    const read = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        encoder.encode(value);
        value.close();
      }
    })();
    const timer = setInterval(() => (this.level = loudness(looked)), LEVEL_MS);
    this.stopAll = async () => {
      clearInterval(timer);
      this.level = 0;
      await reader.cancel();
      await read;
      for (const one of sound.getTracks()) one.stop();
      await encoder.flush();
      encoder.close();
      await context.close();
      cut();
    };
  }

  private put(line: Line, wish: Wish, packets: string[]): void {
    const id = newRequestId();
    this.pieces.push({ id, line, wish, packets, state: "waits", serial: "", error: null });
    void this.send();
  }

  /** One after another, so that they are heard in their order. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.next(); next; next = this.next()) {
      const { line, wish, packets, id } = next;
      const { precedence, recipients, text, about } = wish;
      const language = currentLanguage();
      const fields = { spoken_in: language, packets, text, language, ...(about ? { about } : {}) };
      const what = { kind: "VOICE_NOTE", fields, precedence, recipients };
      try {
        const said = await say(line, about ? { ...what, reply_to: about } : what, id);
        next.serial = said.serial;
        next.state = "sent";
      } catch (error) {
        next.error = error;
        next.state = "failed";
      }
    }
    this.isSending = false;
  }

  /** The first that waits; none while one before it was not taken. */
  private next(): Piece | undefined {
    const [first] = this.unsent;
    return first?.state === "waits" ? first : undefined;
  }
}

function loudness(looked: AnalyserNode): number {
  const samples = new Float32Array(looked.fftSize);
  looked.getFloatTimeDomainData(samples);
  return Math.min(1, Math.max(...samples.map(Math.abs)));
}

export const dictation = new Dictation();
