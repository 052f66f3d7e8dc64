// Speaks voice notes: the microphone's sound becomes Opus packets, and these messages, a piece at
// a time. A piece is sent as soon as it is full, so that little is lost where the page is. What the
// node has not taken stays here, and is sent again when the officer says so.

import { Hindrance } from "./hindrance";
import { followLevel } from "./level";
import type { Line } from "./line.svelte";
import { GIVES_NO_SOUND, microphone } from "./microphone";
import { newRequestId, say } from "./request";
import { currentSession } from "./session.svelte";
import { isVoice } from "./voices";
import { currentLanguage, mark } from "./words.svelte";

/** A piece that is heard through while the next is spoken. */
export const PIECE_MS = 20_000;
const SAMPLES_PER_S = 48_000;
const BITS_PER_S = 16_000;
const PACKET_MS = 20;

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
  /** Who spoke it: nobody else sends it. */
  speaker: string;
  packets: string[];
  state: PieceState;
  serial: string;
  error: unknown;
}

type Sounds = ReadableStream<AudioData>;
type Processor = new (of: { track: MediaStreamTrack }) => { readable: Sounds };

export const secondsOf = (packets: string[]): number => (packets.length * PACKET_MS) / 1_000;

class Dictation {
  phase = $state<"none" | "asking" | "speaking">("none");
  /** From 0 to 100, as loud as it is. */
  level = $state(0);
  /** Packets of the piece that is spoken. */
  count = $state(0);
  pieces = $state<Piece[]>([]);
  error = $state.raw<unknown>(null);

  private packets: string[] = [];
  /** Raised whenever an officer begins or stops: what was begun before is over. */
  private attempt = 0;
  private stopAll: () => Promise<void> = () => Promise.resolve();
  private isSending = false;

  /** What the officer at this desk has spoken: nobody sends or sees another's. */
  get own(): Piece[] {
    const speaker = currentSession()?.name ?? "";
    return this.pieces.filter((one) => one.speaker === speaker);
  }

  get unsent(): Piece[] {
    return this.own.filter((one) => one.state !== "sent");
  }

  /** Begin to speak; what is said goes to the parties of the wish. */
  async speak(line: Line, wish: Wish): Promise<void> {
    if (this.phase !== "none") return;
    const attempt = (this.attempt += 1);
    this.error = null;
    this.phase = "asking";
    try {
      const stopAll = await this.record(line, { ...wish }, () => attempt === this.attempt);
      if (attempt !== this.attempt) return await stopAll();
      this.stopAll = stopAll;
      this.phase = "speaking";
    } catch (error) {
      if (attempt !== this.attempt) return;
      this.phase = "none";
      this.error = error;
    }
  }

  /** Stop, also while the microphone is asked for; what was said since the last piece is sent. */
  async stop(): Promise<void> {
    const isSpeaking = this.phase === "speaking";
    this.attempt += 1;
    this.phase = "none";
    if (isSpeaking) await this.stopAll();
  }

  /** Send what the node did not take, in order. */
  again(): void {
    for (const piece of this.own) if (piece.state === "failed") piece.state = "waits";
    void this.send();
  }

  /** Put away what is sent; with `all` also what is not. */
  clear(all = false): void {
    const gone = new Set(this.own.filter((one) => all || one.state === "sent"));
    this.pieces = this.pieces.filter((one) => !gone.has(one));
  }

  /** What the microphone hears goes into pieces until the answer is called. */
  private async record(
    line: Line,
    wish: Wish,
    isWanted: () => boolean,
  ): Promise<() => Promise<void>> {
    const processor = (globalThis as { MediaStreamTrackProcessor?: Processor })
      .MediaStreamTrackProcessor;
    if (!processor || !("AudioEncoder" in globalThis)) throw new Hindrance(CANNOT);
    const sound = await microphone();
    const silence = (): void => sound.getTracks().forEach((one) => one.stop());
    try {
      if (!isWanted()) throw new Hindrance(CANNOT);
      return await this.encode(sound, processor, line, wish);
    } catch (error) {
      silence();
      throw error;
    }
  }

  private async encode(
    sound: MediaStream,
    processor: Processor,
    line: Line,
    wish: Wish,
  ): Promise<() => Promise<void>> {
    const context = new AudioContext({ sampleRate: SAMPLES_PER_S });
    const source = context.createMediaStreamSource(sound);
    const out = new MediaStreamAudioDestinationNode(context, {
      channelCount: 1,
      channelCountMode: "explicit",
    });
    source.connect(out);
    const speaker = currentSession()?.name ?? "";
    this.packets = [];
    const cut = (): void => {
      const packets = this.packets;
      this.packets = [];
      this.count = 0;
      if (!packets.length) return;
      this.put({ line, wish: { ...wish }, speaker, packets });
      // The words say what all of it is about: once.
      wish.text = "";
    };
    const fail = (error: unknown): void => {
      this.error ??= error;
      void this.stop();
    };
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        this.packets.push(btoa(String.fromCharCode(...packet)));
        this.count = this.packets.length;
        if (this.packets.length * PACKET_MS >= PIECE_MS) cut();
      },
      error: fail,
    });
    encoder.configure({
      codec: "opus",
      sampleRate: SAMPLES_PER_S,
      numberOfChannels: 1,
      bitrate: BITS_PER_S,
      opus: { frameDuration: PACKET_MS * 1_000 },
    });
    const [heard] = sound.getAudioTracks();
    const [track] = out.stream.getAudioTracks();
    if (!heard || !track) throw new Hindrance(GIVES_NO_SOUND);
    // Unplugged, or taken away in the browser's own settings.
    heard.onended = () => fail(new Hindrance(GIVES_NO_SOUND));
    const reader = new processor({ track }).readable.getReader();
    const reading = feed(reader, encoder).catch(fail);
    const stopLevel = followLevel(sound, (level) => (this.level = level));
    return async () => {
      stopLevel();
      this.level = 0;
      heard.onended = null;
      for (const one of sound.getTracks()) one.stop();
      try {
        await reader.cancel();
        await reading;
        if (encoder.state === "configured") await encoder.flush();
      } finally {
        if (encoder.state !== "closed") encoder.close();
        await context.close();
        cut();
      }
    };
  }

  private put(what: Pick<Piece, "line" | "wish" | "speaker" | "packets">): void {
    this.pieces.push({ ...what, id: newRequestId(), state: "waits", serial: "", error: null });
    void this.send();
  }

  /** One after another, so that they are heard in their order. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.next(); next; next = this.next()) {
      try {
        const said = await say(next.line, noteOf(next), next.id);
        next.serial = said.serial;
        next.state = "sent";
      } catch (error) {
        next.error = error;
        // What follows on this line would be heard without it.
        for (const one of this.unsent) if (one.line === next.line) one.state = "failed";
      }
    }
    this.isSending = false;
  }

  private next(): Piece | undefined {
    return this.own.find((one) => one.state === "waits");
  }
}

/** Let the encoder have what is heard, until the reader is told to end. */
async function feed(
  reader: ReadableStreamDefaultReader<AudioData>,
  encoder: AudioEncoder,
): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    try {
      if (encoder.state === "configured") encoder.encode(value);
    } finally {
      value.close();
    }
  }
}

function noteOf({ wish, packets }: Piece): Parameters<typeof say>[1] {
  const { precedence, recipients, text, about } = wish;
  const language = currentLanguage();
  const fields = { spoken_in: language, packets, text, language };
  const what = { kind: "VOICE_NOTE", precedence, recipients };
  return about ? { ...what, fields: { ...fields, about }, reply_to: about } : { ...what, fields };
}

export const dictation = new Dictation();

isVoice({ isOn: () => dictation.phase !== "none", leave: () => dictation.stop() });
