// The telephone of this page: one call at a time. It says on the record how this end is reached,
// waits until the node tells the way to the other end, which it does only when the fingerprints of
// both are receipted, and lets no sound go before the other end has shown the recorded certificate.

import { part, read } from "../api/client";
import type { CallTold } from "../api/things";
import { nodeNow } from "./clock.svelte";
import { Hearing, type Quality } from "./hearing";
import { Hindrance } from "./hindrance";
import type { Line } from "./line.svelte";
import { GIVES_NO_SOUND, microphone } from "./microphone";
import { keepPrefilled } from "./prefilled";
import { newRequestId, say } from "./request";
import { go } from "./route.svelte";
import { base64Of, sdpOf, type Media } from "./sdp";
import { currentSession } from "./session.svelte";
import { gather, readWays, settingOf } from "./ways";
import { isVoice } from "./voices";
import { currentLanguage, mark } from "./words.svelte";

const FOLLOW_MS = 400;
/** Of so many times it is looked once while the officers talk: then only an end is awaited. */
const TALKING_EVERY = 5;
const LISTEN_MS = 500;
/** So long is a way to the other end looked for. */
const JOIN_MS_MAX = 30_000;
/** So long may the ends try the addresses that both have said, before they say others. */
const ROUND_MS = 8_000;
/** After so long without voice nobody holds the handset any more. */
const LOST_MS_MAX = 5 * 60_000;
const CERTIFICATE_TRIES = 25;

/** Where this page's call is. */
export type Phase = "none" | "asking" | "ringing" | "joining" | "talking" | "over";

export interface Wish {
  party: string;
  post: string;
  subject: string;
  scope: string;
  precedence: string;
  about?: { party: string; index: number };
}

const ENDED: Record<string, string> = {
  ENDED: mark("The call is ended."),
  DECLINED: mark("The call was declined."),
  BUSY: mark("The post is busy. A message reaches it all the same."),
  MISSED: mark("Nobody took the call. A message reaches the post all the same."),
  GIVEN_UP: mark("The call was given up."),
  CUT: mark("The call is cut: the other end did not show the recorded certificate."),
  LEFT_OPEN: mark("Nobody ended the call; it counts as over."),
};

const NO_WAY = mark("There is no way to the other end. Say it in a text, and ring again.");

class Telephone {
  phase = $state<Phase>("none");
  call = $state.raw<CallTold | null>(null);
  line = $state.raw<Line | null>(null);
  /** What the node refused. */
  error = $state.raw<unknown>(null);
  /** What is to be said beside it: a sentence of the catalogues. */
  says = $state("");
  isMuted = $state(false);
  /** Whether nothing is heard of the other end although the call goes on. */
  isLost = $state(false);
  isConfirmed = $state(false);
  quality = $state.raw<Quality | null>(null);
  /** The sound of the other end, once its certificate is the recorded one. */
  heard = $state.raw<MediaStream | null>(null);
  talkedFrom = $state(0);
  talkedUntil = $state(0);

  private id = "";
  private connection: RTCPeerConnection | undefined;
  private own: MediaStream | undefined;
  private came: MediaStream | undefined;
  private timers: ReturnType<typeof setInterval>[] = [];
  private hearing = new Hearing();
  /** How often this end has said how it is reached; the n-th goes with the n-th of the other. */
  private round = 0;
  /** The last round in which the ways of both are tried. */
  private joined = 0;
  private joinedAt = 0;
  private lostAt = 0;
  private isRenewing = false;
  private isFollowing = false;
  private looked = 0;
  /** Raised with the end of each call: what was begun for it is over. */
  private attempt = 0;
  /** What went wrong at the last look, until one goes well. */
  private lookFault: unknown = null;

  /** Whether a call is under way at this page. */
  get isBusy(): boolean {
    return this.phase !== "none" && this.phase !== "over";
  }

  /** Whether a call is the one of this page. */
  has(line: Line, id: string): boolean {
    return this.isBusy && this.line === line && this.id === id;
  }

  /** Ring a post of the other side. */
  async ring(line: Line, wish: Wish): Promise<void> {
    await this.begin(line, async (media) => {
      const { party, precedence, ...fields } = wish;
      const language = currentLanguage();
      const told = { ...fields, media, language, spoken_in: language };
      const ringing = { kind: "RING", fields: told, precedence, recipients: [party] };
      return (await say(line, ringing, newRequestId())).serial;
    });
  }

  /** Take a call that rings here. */
  async take(line: Line, call: CallTold): Promise<void> {
    await this.begin(line, async (media) => {
      await this.step(line, call, { step: "TAKE", media });
      return call.id;
    });
  }

  /** End the call of this page, and take the one that rings. */
  async takeInstead(line: Line, call: CallTold): Promise<void> {
    await this.end();
    await this.take(line, call);
  }

  async decline(line: Line, call: CallTold, reason: string): Promise<void> {
    await this.try(() =>
      this.step(line, call, reason ? { step: "DECLINE", text: reason } : { step: "BUSY" }),
    );
  }

  /** End the call of this page, or another one that this party holds. */
  async end(line: Line | null = this.line, call: CallTold | null = this.call): Promise<void> {
    const isOwn = !call || (!!line && this.has(line, call.id));
    const known = call ?? (line && this.id ? await this.told(line).catch(() => null) : null);
    if (line && known) await this.try(() => this.step(line, known, { step: "END" }));
    if (isOwn && this.isBusy) this.close("ENDED");
  }

  /** The officer leaves the desk: nobody hears the room any more, and the call is ended. */
  async leave(): Promise<void> {
    const { line, call, isBusy } = this;
    if (isBusy) this.close("ENDED");
    this.clear();
    const known = call ?? (line && this.id ? await this.told(line) : null);
    if (isBusy && line && known) await this.step(line, known, { step: "END" });
  }

  mute(): void {
    this.isMuted = !this.isMuted;
    this.letSpeak();
  }

  /** Both officers have said the two words to each other. */
  confirm(): void {
    this.isConfirmed = true;
  }

  /** Put away what is over. */
  clear(): void {
    if (this.isBusy) return;
    this.phase = "none";
    this.call = null;
    this.error = null;
    this.says = "";
  }

  /** Open the form of the call record with what is known of the call. */
  record(): void {
    const { call, line } = this;
    if (!call || !line) return;
    const own = currentSession();
    const names = [{ party: line.own, name: `${own?.name ?? ""}, ${own?.post ?? ""}` }];
    const number = keepPrefilled(line.name, {
      call_id: `${call.id} ${call.subject}`.slice(0, 200),
      started_at: new Date(this.talkedFrom || call.at).toISOString(),
      ended_at: new Date(this.talkedUntil || nodeNow()).toISOString(),
      initiator: call.rang,
      persons: names,
      spoken_in: call.spoken_in,
      authenticated: "NONE",
      is_unverified: !this.isConfirmed,
      language: currentLanguage(),
      text: "",
    });
    go("say", "CALL_RECORD", "prefilled", String(number));
  }

  private async begin(line: Line, saying: (media: Media) => Promise<string>): Promise<void> {
    if (this.isBusy) return;
    this.clear();
    this.phase = "asking";
    this.line = line;
    this.id = "";
    const { attempt } = this;
    this.isMuted = this.isConfirmed = this.isLost = this.isRenewing = false;
    this.round = this.joined = this.joinedAt = this.lostAt = 0;
    this.quality = this.heard = null;
    this.talkedFrom = this.talkedUntil = 0;
    try {
      const media = await this.open(attempt);
      const id = await saying(media);
      if (attempt !== this.attempt) return await this.giveBack(line, id);
      this.id = id;
      this.round = 1;
      this.phase = "ringing";
      this.timers.push(setInterval(() => void this.follow(), FOLLOW_MS));
      await this.follow();
    } catch (error) {
      if (attempt !== this.attempt) return;
      this.close("");
      if (error instanceof Hindrance) this.says = error.message;
      else this.error = error;
    }
  }

  /** Ask for the microphone, and gather how this end is reached; nothing is sent to anybody yet. */
  private async open(attempt: number): Promise<Media> {
    const ways = await readWays();
    const own = await microphone();
    if (attempt !== this.attempt) {
      for (const track of own.getTracks()) track.stop();
      throw new Hindrance(GIVES_NO_SOUND);
    }
    this.own = own;
    const connection = new RTCPeerConnection(settingOf(ways));
    this.connection = connection;
    for (const track of own.getAudioTracks()) {
      track.enabled = false;
      // Unplugged, or taken away in the browser's own settings.
      track.onended = () => (this.error = new Hindrance(GIVES_NO_SOUND));
      connection.addTrack(track, own);
    }
    connection.ontrack = ({ track }) => (this.came = new MediaStream([track]));
    connection.onconnectionstatechange = () => void this.changed(connection);
    const media = await gather(connection, ways);
    if (attempt !== this.attempt) throw new Hindrance(GIVES_NO_SOUND);
    return media;
  }

  /** What went on the record while it was given up here is ended there. */
  private async giveBack(line: Line, id: string): Promise<void> {
    const call = await read<CallTold>(`${line.path}/calls/${part(id)}`);
    await this.step(line, call, { step: "END" });
  }

  /** The call of this page, as the node has it. */
  private told(line: Line): Promise<CallTold> {
    return read<CallTold>(`${line.path}/calls/${part(this.id)}`);
  }

  /** Where the call stands by the node: receipts come without an event of their own. */
  private async follow(): Promise<void> {
    this.looked += 1;
    if (!this.line || this.isFollowing) return;
    const isCalm = this.phase === "talking" && !this.isLost;
    if (isCalm && this.looked % TALKING_EVERY > 0) return;
    this.isFollowing = true;
    try {
      const told = await this.told(this.line);
      if (this.error === this.lookFault) this.error = null;
      if (!this.isBusy) return;
      this.call = told;
      if (told.state in ENDED) this.close(told.state);
      else if (told.state !== "RINGING" && this.phase === "ringing") this.phase = "joining";
      if (!this.isBusy) return;
      if (this.joined > 0 && !told.is_sound) await this.cut();
      else if (told.remote) await this.meet(told);
    } catch (error) {
      this.error = this.lookFault = error;
    } finally {
      this.isFollowing = false;
    }
  }

  /** Go with the other end into the round that it is in. */
  private async meet(told: CallTold): Promise<void> {
    const said = (isTheirs: boolean): number =>
      told.ends.find((one) => (one.party === told.other) === isTheirs)?.said ?? 0;
    const theirs = said(true);
    // What the node has although its answer was lost counts as well.
    if (!this.isRenewing) this.round = Math.max(this.round, said(false));
    if (theirs > this.round) void this.renew();
    else if (theirs === this.round && this.joined < this.round && !this.isRenewing) {
      await this.join(told);
    }
  }

  private async join(told: CallTold): Promise<void> {
    const isFirst = this.joined === 0;
    this.joined = this.round;
    this.joinedAt = performance.now();
    const remote = told.remote as unknown as Media;
    // Both ends have offered; who took the call begins the handshake.
    const setup = told.is_ours ? "active" : "passive";
    await this.connection?.setRemoteDescription({ type: "answer", sdp: sdpOf(remote, setup) });
    if (!isFirst) return;
    this.timers.push(setTimeout(() => this.phase === "joining" && void this.giveUp(), JOIN_MS_MAX));
  }

  /** No way was found in time; said to the other side, too. */
  private async giveUp(): Promise<void> {
    this.says = NO_WAY;
    const { line, call } = this;
    if (line && call) await this.try(() => this.step(line, call, { step: "END" }));
    this.close("");
  }

  private async changed(connection: RTCPeerConnection): Promise<void> {
    if (connection !== this.connection || !this.isBusy) return;
    if (connection.connectionState === "connected") await this.prove(connection);
    if (connection.connectionState !== "failed") return;
    const transport = connection.getSenders()[0]?.transport;
    // No way that is lost does that to the handshake: it was another certificate.
    if (transport?.state === "failed") await this.cut();
    else if (this.phase !== "talking") await this.giveUp();
  }

  /** Compare the certificate that was shown with the recorded one; only then is there any sound. */
  private async prove(connection: RTCPeerConnection): Promise<void> {
    const { line, call } = this;
    if (!line || !call) return;
    const seen = await certificateOf(connection);
    if (!this.isBusy) return;
    if (seen !== (call.remote as unknown as Media | null)?.fingerprint) {
      await this.cut(seen);
      return;
    }
    if (this.phase === "talking") return;
    try {
      await this.step(line, call, { step: "TALK", seen });
    } catch (error) {
      await this.end();
      this.error = error;
      return;
    }
    this.phase = "talking";
    this.talkedFrom = nodeNow();
    this.heard = this.came ?? null;
    this.letSpeak();
    this.hearing = new Hearing();
    this.timers.push(setInterval(() => void this.listen(connection), LISTEN_MS));
  }

  private async cut(seen = ""): Promise<void> {
    const { line, call } = this;
    this.close("CUT");
    if (!line || !call) return;
    const step = seen ? { step: "CUT", seen } : { step: "CUT" };
    // The other end may have cut it already.
    await this.step(line, call, step).catch(() => undefined);
  }

  private letSpeak(): void {
    for (const track of this.own?.getAudioTracks() ?? []) {
      track.enabled = this.phase === "talking" && !this.isMuted;
    }
  }

  /** Whether the other end is still heard; else another way is looked for. */
  private async listen(connection: RTCPeerConnection): Promise<void> {
    await this.hearing.look(connection);
    if (this.phase !== "talking" || connection !== this.connection) return;
    this.quality = this.hearing.quality;
    const isThere = connection.connectionState === "connected" && !this.hearing.isSilent;
    if (isThere) this.lostAt = 0;
    else this.lostAt ||= performance.now();
    this.isLost = !isThere;
    if (isThere) return;
    const now = performance.now();
    if (now - this.lostAt > LOST_MS_MAX) await this.giveUp();
    // Each round takes its time, and no end begins one before both are in the last.
    else if (this.joined === this.round && now - this.joinedAt > ROUND_MS) await this.renew();
  }

  /** Say anew how this end is reached, with the certificate that it had. */
  private async renew(): Promise<void> {
    const { line, call, connection } = this;
    if (!line || !call || !connection || this.isRenewing) return;
    this.isRenewing = true;
    try {
      const ways = await readWays();
      connection.setConfiguration(settingOf(ways));
      const media = await gather(connection, ways, { iceRestart: true });
      if (!this.isBusy) return;
      await this.step(line, call, { step: "MEDIA", media });
      this.round += 1;
    } catch {
      // The relay or the node does not answer either: it is tried again.
    } finally {
      this.isRenewing = false;
    }
  }

  private step(line: Line, call: CallTold, what: Record<string, unknown>): Promise<unknown> {
    const fields = { of: call.of, language: currentLanguage(), ...what };
    const { precedence, of, other } = call;
    const told = { kind: "CALL", fields, precedence, reply_to: of, recipients: [other] };
    return say(line, told, newRequestId());
  }

  private async try(what: () => Promise<unknown>): Promise<void> {
    this.error = null;
    try {
      await what();
    } catch (error) {
      this.error = error;
    }
  }

  private close(state: string): void {
    this.attempt += 1;
    if (this.talkedFrom && !this.talkedUntil) this.talkedUntil = nodeNow();
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.connection?.close();
    for (const track of this.own?.getTracks() ?? []) track.stop();
    this.connection = this.own = this.came = undefined;
    this.heard = this.quality = null;
    this.isLost = false;
    this.phase = "over";
    if (state) this.says = ENDED[state] ?? "";
  }
}

/** The fingerprint of the certificate that the other end showed, in base64; empty if it shows none. */
async function certificateOf(connection: RTCPeerConnection): Promise<string> {
  for (let tried = 0; tried < CERTIFICATE_TRIES; tried += 1) {
    const rows = new Map<string, Record<string, unknown>>();
    (await connection.getStats()).forEach((row: Record<string, unknown>) =>
      rows.set(String(row["id"]), row),
    );
    for (const row of rows.values()) {
      const shown = rows.get(String(row["remoteCertificateId"] ?? ""));
      if (shown?.["fingerprintAlgorithm"] === "sha-256") {
        return base64Of(String(shown["fingerprint"]));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return "";
}

export const telephone = new Telephone();

isVoice({ isOn: () => telephone.isBusy, leave: () => telephone.leave() });
