// Whether a certificate proves its claim, step by step: docs/spec/certificate.md, sections 2 to 4.
import { equal, hex, sha256 } from "./bytes.ts";
import { decode } from "./cbor.ts";
import {
  OtherKind,
  parseCertificate,
  type Certificate,
  type Claim,
  type Part,
  type Sort,
} from "./certificate.ts";
import {
  bodyOf,
  checkContent,
  inOrder,
  parseEnvelope,
  place,
  verifyEnvelope,
  type Envelope,
} from "./envelope.ts";
import { Fault, Refuted, Unreadable, say, type Sentence } from "./fault.ts";
import { contradict, type Shown } from "./contradiction.ts";
import { cosignedAt, isSignedByLog, parseCheckpoint, witnessRow, type Head } from "./head.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { origin, parseOrigin } from "./names.ts";
import { parseNote, type Note } from "./note.ts";
import { KIND, Ring, rootPrints } from "./ring.ts";
import { judge, type Finding } from "./silence.ts";
import { isSignedTick, parseTick, tickHash, type Tick } from "./tick.ts";
import {
  checkRoots,
  firstContent,
  outsideKeys,
  parseSigned,
  type Understanding,
} from "./understanding.ts";
import { wordsOf } from "./kinds.ts";

/** OTHER KIND: a certificate may be as it must be, and this page cannot tell. */
export type Verdict = "PROVEN" | "REFUTED" | "UNPROVEN" | "NOT VALID" | "OTHER KIND";

export interface Step {
  readonly what: Sentence;
  readonly found: Sentence;
  readonly holds: boolean;
}

export interface RootKey {
  readonly party: string;
  readonly fingerprint: string;
  readonly isNamed: boolean;
}

export interface Report {
  readonly verdict: Verdict;
  readonly claim: Claim | null;
  readonly steps: readonly Step[];
  readonly conclusion: readonly Sentence[];
  /** What a genuine message says, where its content is in the file. */
  readonly words: string | null;
  readonly roots: readonly RootKey[];
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Seen {
  readonly envelope: Envelope;
  readonly part: Part;
}

interface SeenHead {
  readonly head: Head;
  readonly party: string;
  readonly epoch: number;
  readonly receipts: ReadonlyMap<string, bigint>;
}

/** The report on a file; `named` are fingerprints of root keys that the reader has from the parties. */
export function verify(file: Uint8Array, named: readonly string[] = []): Report {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(file);
  } catch (fault) {
    if (!(fault instanceof Unreadable)) throw fault;
    return {
      verdict: fault instanceof OtherKind ? "OTHER KIND" : "NOT VALID",
      claim: null,
      steps: [],
      conclusion: [fault.sentence],
      words: null,
      roots: [],
      facts: {},
    };
  }
  return new Court(certificate, named, file).judge();
}

/** One certificate before its checks, which are made in the order of the specification. */
class Court {
  private readonly certificate: Certificate;
  private readonly claim: Claim;
  private readonly named: readonly string[];
  private readonly file: Uint8Array;
  private readonly steps: Step[] = [];
  private readonly facts: Record<string, unknown> = {};

  private understanding: Understanding | null = null;
  private readonly seen = new Map<string, Seen>();
  /** The newest ring of each party, and the ring of each outbox. */
  private readonly newest = new Map<string, Ring>();
  private readonly rings = new Map<string, Ring>();
  private readonly roots = new Map<string, Uint8Array>();
  private readonly heads: SeenHead[] = [];
  private readonly web = new Map<string, Tick>();
  /** Heads that the claimed message names as seen. */
  private readonly seenByAuthor = new Map<string, Uint8Array>();
  private readonly shown = new Set<string>();

  constructor(certificate: Certificate, named: readonly string[], file: Uint8Array) {
    this.certificate = certificate;
    this.claim = certificate.claim;
    this.named = named;
    this.file = file;
  }

  judge(): Report {
    let verdict: Verdict = "PROVEN";
    let conclusion: Sentence[];
    try {
      this.checkParts();
      conclusion = this.checkClaim();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      verdict = fault instanceof Refuted ? "REFUTED" : "UNPROVEN";
      const told = say("Step {number} does not hold.", { number: String(this.steps.length) });
      conclusion = [told, fault.sentence, ending(fault)];
    }
    const target = this.seen.get(this.targetPlace());
    const words = verdict === "PROVEN" && target?.part.content ? wordsIn(target) : null;
    const { claim, steps, facts } = this;
    return { verdict, claim, steps, conclusion, words, roots: this.rootKeys(), facts };
  }

  /** One numbered step; what it finds is told, and so is the fault at which all ends. */
  private step(what: Sentence, check: () => Sentence): void {
    try {
      this.steps.push({ what, found: check(), holds: true });
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.steps.push({ what, found: fault.sentence, holds: false });
      throw fault;
    }
  }

  private checkParts(): void {
    const { heads, ticks } = this.certificate;
    this.step(say("The file is whole and has the form of a certificate."), () =>
      say("It has {size} bytes.", { size: String(this.file.length) }),
    );
    this.step(say("Enough root keys of every party have signed the Understanding inside."), () =>
      this.checkUnderstanding(),
    );
    this.step(say("The keys valid at each place of each log are known."), () => this.checkKeys());
    this.step(say("The root keys are those that you named."), () => this.checkNamed());
    if (heads.length > 0)
      this.step(say("Each head is signed by its author, and cosigned by those it names."), () =>
        this.checkHeads(),
      );
    if (ticks.length > 0)
      this.step(say("Each tick is signed by its author."), () => this.checkTicks());
    this.step(say("Each message stands in its author's log, signed by the key valid there."), () =>
      this.checkEntries(),
    );
    this.step(say("The heads of each log belong to one history."), () => this.checkHistory());
    this.step(say("The outbox that the claim is about begins with that Understanding."), () =>
      this.checkBeginnings(),
    );
  }

  private checkUnderstanding(): Sentence {
    const found = parseSigned(decode(this.certificate.understanding));
    checkRoots(found);
    if (found.terms.line !== this.claim.line)
      throw new Fault("The Understanding is of another line than the claim.");
    this.understanding = found;
    for (const party of found.terms.parties) {
      const ring = new Ring(party, found);
      this.newest.set(party.name, ring);
      this.rings.set(ringName(party.name, 1), ring);
    }
    return say("It is signed for {parties}.", {
      parties: found.terms.parties.map(({ name }) => name).join(", "),
    });
  }

  private checkKeys(): Sentence {
    for (const part of this.certificate.entries) this.see(part);
    let count = 0;
    const entries = [...this.seen.values()].sort((a, b) => inOrder(a.envelope, b.envelope));
    for (const { envelope, part } of entries) {
      const { party, epoch, index, kind } = envelope;
      const opens = epoch > 1 && index === 0n;
      if (!opens && kind !== KIND.amendment && kind !== KIND.keyChange && kind !== KIND.keyRevoke)
        continue;
      count += 1;
      if (part.content === null)
        throw new Fault("Message {index} of {party}, about keys or terms, has no content.", {
          ...place(envelope),
        });
      if (opens) {
        const ring = this.newest.get(party)!.reopened(envelope, part.content);
        this.newest.set(party, ring);
        this.rings.set(ringName(party, epoch), ring);
      } else {
        this.ring(party, epoch).take(envelope, part.content);
      }
    }
    return count === 0
      ? say("They are the Understanding's own.")
      : say("They follow from {count} messages about keys and terms.", { count: String(count) });
  }

  private see(part: Part): void {
    const envelope = parseEnvelope(part.raw);
    this.checkOutbox(envelope.party, envelope.origin);
    if (part.content !== null) checkContent(envelope, part.content);
    const name = placeName(envelope.party, envelope.epoch, envelope.index);
    if (this.seen.has(name)) throw new Fault("A message is in the file twice.");
    this.seen.set(name, { envelope, part });
  }

  /** Nothing, if the log is an outbox of that party on the line of the claim. */
  private checkOutbox(party: string, origin: string): number {
    const named = parseOrigin(origin);
    const isOfLine =
      this.newest.has(party) &&
      named !== null &&
      named.party === party &&
      named.line === this.claim.line &&
      named.log === "out";
    if (!isOfLine)
      throw new Fault("{origin} is no outbox of a party to the line.", {
        origin: shortened(origin),
      });
    return named.epoch;
  }

  private ring(party: string, epoch: number): Ring {
    const ring = this.rings.get(ringName(party, epoch));
    if (ring === undefined)
      throw new Fault("Nothing in the file opens outbox {epoch} of {party}.", {
        epoch: String(epoch),
        party,
      });
    return ring;
  }

  /** Every version of the terms that is in force in the file. */
  private versions(): Understanding[] {
    return [...this.rings.values()].flatMap((ring) => ring.understandings());
  }

  private checkNamed(): Sentence {
    const keys = this.rootKeys();
    const prints = new Set(keys.map(({ fingerprint }) => fingerprint));
    for (const one of this.named)
      if (!prints.has(one))
        throw new Refuted("No party has the root key {key} that you named.", { key: one });
    const { terms, rows } = this.understanding!;
    for (const party of terms.parties) {
      const named = rootPrints(party).filter((print) => this.named.includes(print));
      const signed = rows.filter(
        ([who, root]) =>
          who === party.name && named.includes(rootPrints({ ...party, roots: [root] })[0]!),
      );
      if (signed.length < Math.min(Number(party.threshold), named.length))
        throw new Refuted("The root keys of {party} that you named have not signed.", {
          party: party.name,
        });
    }
    const parties = [...new Set(keys.filter((key) => key.isNamed).map((key) => key.party))];
    return parties.length === 0
      ? say("You named none: compare the fingerprints below with what the parties told you.")
      : say("Those of {parties} are.", { parties: parties.join(", ") });
  }

  private rootKeys(): RootKey[] {
    return (this.understanding?.terms.parties ?? []).flatMap((party) =>
      rootPrints(party).map((fingerprint) => ({
        party: party.name,
        fingerprint,
        isNamed: this.named.includes(fingerprint),
      })),
    );
  }

  private takeRoot(head: Head): void {
    const name = sizeName(head.origin, head.size);
    const known = this.roots.get(name);
    if (known !== undefined && !equal(known, head.root))
      throw new Fork("Two roots are signed for one size of {origin}: a fork.", {
        origin: head.origin,
      });
    this.roots.set(name, head.root);
  }

  private checkHeads(): Sentence {
    for (const written of this.certificate.heads) this.checkHead(parseNote(written));
    return say("There are {count} of them.", { count: String(this.heads.length) });
  }

  private checkHead(note: Note): void {
    const head = parseCheckpoint(note.text);
    const party = head.origin.split("/")[0]!;
    const epoch = this.checkOutbox(party, head.origin);
    const keys = this.ring(party, epoch).nodesFor(head.size);
    if (!keys.some((one) => isSignedByLog(note, head, one)))
      throw new Fault("A head of {origin} is not signed by its author.", { origin: head.origin });
    this.takeRoot(head);
    let accounted = 2;
    const receipts = new Map<string, bigint>();
    for (const [other, ring] of this.newest) {
      if (other === party) continue;
      const mirrored = this.cosigned(note, head, `${other}/mirror`, ring.mirrors());
      if (mirrored !== null) receipts.set(other, mirrored * 1_000n);
      const witnessed = this.cosigned(note, head, `${other}/witness`, ring.witnesses());
      accounted += (mirrored === null ? 0 : 2) + (witnessed === null ? 0 : 2);
    }
    for (const key of this.outside()) {
      const row = witnessRow(note, head, key);
      if (row === "wrong")
        throw new Fault("A cosignature of {name} does not hold.", { name: key.name });
      accounted += row === "holds" ? 1 : 0;
    }
    if (accounted !== note.rows.length)
      throw new Fault("A head of {origin} is signed by somebody unknown.", { origin: head.origin });
    this.heads.push({ head, party, epoch, receipts });
  }

  private cosigned(
    note: Note,
    head: Head,
    name: string,
    keys: ReturnType<Ring["mirrors"]>,
  ): bigint | null {
    if (!note.rows.some((row) => row.name === name)) return null;
    for (const one of keys) {
      const at = cosignedAt(note, head, name, one);
      if (at !== null) return at;
    }
    throw new Fault("A cosignature of {name} does not hold.", { name });
  }

  /** The keys of outside witnesses that any version of the terms names, each once. */
  private outside(): ReturnType<typeof outsideKeys> {
    const found = new Map<string, ReturnType<typeof outsideKeys>[number]>();
    for (const { terms } of this.versions())
      for (const key of outsideKeys(terms))
        found.set(`${key.name} ${key.type} ${hex(key.key)}`, key);
    return [...found.values()];
  }

  private checkTicks(): Sentence {
    for (const written of this.certificate.ticks) this.checkTick(parseNote(written));
    const counts = [...this.newest.keys()].map((party) => {
      const own = [...this.web.values()].filter((tick) => tick.party === party);
      return `${own.length} ${party}`;
    });
    return say("There are, by author: {counts}.", { counts: counts.join(", ") });
  }

  private checkTick(note: Note): void {
    const tick = parseTick(note.text);
    const epoch = tick.line === this.claim.line ? this.checkOutbox(tick.party, tick.out.origin) : 0;
    const isSigned =
      epoch > 0 &&
      this.ring(tick.party, epoch)
        .nodesFor(tick.out.size)
        .some((keys) => isSignedTick(note, tick, keys));
    if (!isSigned)
      throw new Fault("A tick of {party} is not signed by its author.", { party: tick.party });
    this.takeRoot(tick.out);
    this.web.set(hex(tickHash(note.text)), tick);
  }

  private targetPlace(): string {
    const { kind, party, epoch, index } = this.claim;
    return kind === "message" || kind === "receipt" ? placeName(party, epoch, index) : "";
  }

  private checkEntries(): Sentence {
    for (const head of this.seen.get(this.targetPlace())?.envelope.heads ?? []) {
      const name = sizeName(head.origin, head.size);
      this.seenByAuthor.set(name, head.root);
      if (!equal(this.roots.get(name) ?? head.root, head.root))
        throw new Fault("The message names another root of {origin} than its author signed.", {
          origin: head.origin,
        });
    }
    for (const { envelope, part } of this.seen.values()) {
      const name = sizeName(envelope.origin, part.size);
      const root = this.roots.get(name) ?? this.seenByAuthor.get(name);
      if (root === undefined)
        throw new Fault("No head in the file covers message {index} of {party}.", place(envelope));
      verifyInclusion(leafHash(part.raw), envelope.index, part.size, part.proof, root);
      verifyEnvelope(envelope, this.ring(envelope.party, envelope.epoch).nodeAt(envelope.index));
    }
    return say("There are {count} of them.", { count: String(this.seen.size) });
  }

  private checkHistory(): Sentence {
    for (const { origin, first, second, proof } of this.certificate.extensions) {
      const name = sizeName(origin, first);
      const old = this.seenByAuthor.get(name) ?? this.roots.get(name);
      const next = this.roots.get(sizeName(origin, second));
      if (old === undefined || next === undefined)
        throw new Fault("The file has no such head of {origin}.", { origin: shortened(origin) });
      verifyConsistency(first, second, old, next, proof);
      this.shown.add(`${sizeName(origin, first)} ${second}`);
    }
    const sizes = new Map<string, Set<bigint>>();
    const note = (origin: string, size: bigint): void => {
      sizes.set(origin, (sizes.get(origin) ?? new Set()).add(size));
    };
    for (const { head } of this.heads) note(head.origin, head.size);
    for (const { envelope, part } of this.seen.values())
      if (this.roots.has(sizeName(envelope.origin, part.size))) note(envelope.origin, part.size);
    for (const [origin, some] of sizes) this.checkOneHistory(origin, [...some]);
    return say("There are {count} proofs that lead from head to later head.", {
      count: String(this.shown.size),
    });
  }

  private checkOneHistory(origin: string, sizes: bigint[]): void {
    const ordered = sizes.sort((a, b) => (a < b ? -1 : 1));
    for (const [i, size] of ordered.slice(1).entries()) {
      const before = ordered[i]!;
      if (before > 0n && !this.shown.has(`${sizeName(origin, before)} ${size}`))
        throw new Fault("Nothing shows that the heads of {origin} are of one history.", { origin });
    }
  }

  private checkBeginnings(): Sentence {
    const { kind, party, epoch } = this.claim;
    if (!this.newest.has(party)) throw new Fault("{party} is not a party to the line.", { party });
    const ticked = [...this.web.values()]
      .filter((tick) => tick.party === party)
      .map((tick) => parseOrigin(tick.out.origin)!.epoch);
    const isOfWindow = kind === "use" || kind === "non_use";
    const isFirst = isOfWindow || this.claim.word === "JOURNAL";
    const epochs = isOfWindow && ticked.length > 0 ? ticked : [isFirst ? 1 : epoch];
    for (const one of epochs) this.checkBeginning(party, one);
    const { digest, terms } = this.understanding!;
    this.facts["understanding"] = { version: Number(terms.version), sha256: hex(digest) };
    return say("The SHA-256 of its terms is {digest}.", { digest: hex(digest) });
  }

  private checkBeginning(party: string, epoch: number): void {
    if (epoch > 1) {
      // Its EPOCH names the Understanding, or its keys would not be known.
      this.ring(party, epoch);
      return;
    }
    const entry = this.seen.get(placeName(party, 1, 0n));
    const payload = sha256(firstContent(this.understanding!));
    if (entry === undefined || !equal(entry.envelope.payload, payload))
      throw new Fault("Nothing shows that the outbox of {party} begins with it.", { party });
  }

  private checkClaim(): Sentence[] {
    switch (this.claim.kind) {
      case "message":
        return this.checkMessage();
      case "receipt":
        return this.checkReceipt();
      case "fork":
        return this.checkFork();
      default:
        return this.checkWindow();
    }
  }

  private find(): Envelope {
    let found: Envelope | undefined;
    this.step(say("The message is in the file, and its key was its owner's alone."), () => {
      const { party, epoch, index } = this.claim;
      found = this.seen.get(this.targetPlace())?.envelope;
      if (found === undefined)
        throw new Fault("Message {index} of {party} is not in the file.", {
          party,
          index: String(index),
        });
      if (!this.ring(party, epoch).isTrusted(index))
        throw new Fault("The key of message {index} of {party} is revoked there.", place(found));
      this.facts["claimed_at"] = Number(found.at);
      this.facts["content_sha256"] = hex(found.payload);
      return say("It is of the kind {kind}; its author gives the time {at}.", {
        kind: wordsOf(found.kind),
        at: instant(found.at),
      });
    });
    return found!;
  }

  /** The earliest receipt of the message by each holder. */
  private receipts(): Map<string, bigint> {
    const found = new Map<string, bigint>();
    for (const one of this.heads) {
      const covers =
        one.party === this.claim.party &&
        one.epoch === this.claim.epoch &&
        one.head.size > this.claim.index;
      if (!covers) continue;
      for (const [holder, at] of one.receipts) {
        const known = found.get(holder);
        if (known === undefined || at < known) found.set(holder, at);
      }
    }
    return found;
  }

  private checkMessage(): Sentence[] {
    const { party, line, index } = this.claim;
    const envelope = this.find();
    const told: Sentence[] = [
      say("{party} said this on line {line}, as its message {index}.", {
        party,
        line,
        index: String(index),
      }),
    ];
    const earliest = this.earliest(envelope);
    const received = this.receipts();
    this.facts["not_before"] = numbers(earliest);
    this.facts["received"] = numbers(received);
    this.step(say("What bounds the time of writing is as follows."), () =>
      say("{count} receipts of others, {seen} messages of others that it names as seen.", {
        count: String(received.size),
        seen: String(earliest.size),
      }),
    );
    for (const [other, at] of earliest)
      told.push(
        say(
          "It was not written before {at}, when {party}, by its own account, wrote what it names as seen.",
          {
            at: instant(at),
            party: other,
          },
        ),
      );
    for (const [holder, at] of received)
      told.push(
        say("{party} held it on disk within the second {at}, by its own clock.", {
          at: instant(at),
          party: holder,
        }),
      );
    if (received.size === 0)
      told.push(say("No receipt is in the file: nothing bounds its time from above."));
    const slack = this.tolerance() + 1_000n;
    const isDoubtful =
      [...earliest.values()].some((at) => envelope.at + slack < at) ||
      [...received.values()].some((at) => envelope.at > at + slack);
    this.facts["is_date_doubtful"] = isDoubtful;
    if (isDoubtful) told.push(say("The time that its author gives lies outside these bounds."));
    told.push(say("Not proven: which person wrote it, and whether anybody has read it."));
    return [...told, REVOCATIONS];
  }

  /** When each other party, by its own account, wrote the last that the message names as seen. */
  private earliest(envelope: Envelope): Map<string, bigint> {
    const found = new Map<string, bigint>();
    for (const head of envelope.heads) {
      const { party, epoch } = parseOrigin(head.origin)!;
      const seen = this.seen.get(placeName(party, epoch, head.size - 1n));
      const isUnder = seen?.part.size === head.size && seen.envelope.origin === head.origin;
      if (seen === undefined || !isUnder) continue;
      const known = found.get(party) ?? 0n;
      found.set(party, seen.envelope.at > known ? seen.envelope.at : known);
    }
    return found;
  }

  private checkReceipt(): Sentence[] {
    const { party, line, index, holder } = this.claim;
    this.find();
    const at = this.receipts().get(holder);
    this.step(say("{holder} has cosigned a head that covers it.", { holder }), () => {
      if (at === undefined)
        throw new Fault("The file holds no receipt of {holder} for it.", { holder });
      this.facts["received_at"] = Number(at);
      return say("The receipt is of the second {at}.", { at: instant(at) });
    });
    return [
      say(
        "{holder} held message {index} of {party} on line {line} on disk within the second {at}, by its own clock, and perhaps earlier.",
        { holder, party, line, index: String(index), at: instant(at!) },
      ),
      say("Not proven: whether a person has read it."),
      REVOCATIONS,
    ];
  }

  private checkFork(): Sentence[] {
    const { party, line, index } = this.claim;
    let found: Shown | undefined;
    this.step(
      say("One key of {party} has signed two things that cannot both be.", { party }),
      () => {
        found = this.twice();
        const { key, first, second } = found;
        return say("The key is {key}; the hashes are {first} and {second}.", {
          key,
          first,
          second,
        });
      },
    );
    const { place, key, first, second } = found!;
    this.step(say("They stand where the claim has them."), () => {
      if (place !== index)
        throw new Fault("They stand at {place}, not at {index}.", {
          place: String(place),
          index: String(index),
        });
      return say("It is {place}.", { place: String(place) });
    });
    const values = { party, line, key, first, second, place: String(place) };
    return [
      this.signedTwice(values),
      say("Whoever had that key showed one history to some and another to others."),
      say(
        "Not proven: who had it, whether it was done on purpose, and which of the two the other parties were shown.",
      ),
      REVOCATIONS,
    ];
  }

  private twice(): Shown {
    const { party, line, epoch } = this.claim;
    const word = this.claim.word as Sort;
    const [two] = this.certificate.contradictions;
    if (two === undefined) throw new Fault("There are no two such things in the file.");
    const isJournal = word === "JOURNAL";
    const log = origin({ party, line, epoch, log: isJournal ? "journal" : "out" });
    const ring = isJournal ? this.newest.get(party)! : this.ring(party, epoch);
    const { place, key, first, second } = contradict(two, word, log, ring);
    Object.assign(this.facts, { log, place: Number(place), key, first, second });
    return { place, key, first, second };
  }

  private signedTwice(values: Record<string, string>): Sentence {
    switch (this.claim.word) {
      case "TICK":
        return say(
          "{party} signed two ticks of number {place} on line {line}, the one with the hash {first}, the other with {second}, and both by its node key {key}.",
          values,
        );
      case "ENTRY":
        return say(
          "{party} signed two entries as number {place} of its outbox on line {line}, the one with the hash {first}, the other with {second}, and both by its node key {key}.",
          values,
        );
      case "JOURNAL":
        return say(
          "{party} signed two histories of its journal on line {line} that differ at size {place}, the one with the root {first}, the other with {second}, and both by its node key {key}.",
          values,
        );
      default:
        return say(
          "{party} signed two histories of its outbox on line {line} that differ at size {place}, the one with the root {first}, the other with {second}, and both by its node key {key}.",
          values,
        );
    }
  }

  private tolerance(): bigint {
    const all = this.versions().map(({ terms }) => terms.timers.clock_tolerance_ms);
    return all.reduce((most, one) => (one > most ? one : most));
  }

  private checkWindow(): Sentence[] {
    const { kind, party, from, until } = this.claim;
    const values = { party, from: instant(from), until: instant(until) };
    const tolerance = this.tolerance();
    const found = judge(party, from, until, tolerance, this.web);
    this.facts["finding"] = found.is;
    const what =
      kind === "use"
        ? say("Ticks of {party}, dated by the others, show that it said something.", { party })
        : say("Ticks of {party}, dated by the others, show that it said nothing.", { party });
    this.step(what, () => this.judgeWindow(found, values));
    const anchors =
      found.is === "UNPROVEN" ? [] : [found.first.anchor.party, found.last.anchor.party];
    const clocks = say(
      "The instants are by the clock of {anchors}, which {party} accepted as within {tolerance} ms of its own.",
      { party, anchors: [...new Set(anchors)].sort().join(", "), tolerance: String(tolerance) },
    );
    if (kind === "non_use")
      return [
        say("{party} said nothing on this line from {from} until {until}.", values),
        clocks,
        say("Not proven: what was said elsewhere, by telephone, or to others."),
        REVOCATIONS,
      ];
    this.step(say("An entry that was added in the window is in the file."), () =>
      this.addedIn(found, party),
    );
    return [
      say("{party} said something on this line from {from} until {until}.", values),
      clocks,
      say("Not proven: which person wrote it, and whether anybody has read it."),
      REVOCATIONS,
    ];
  }

  private judgeWindow(found: Finding, values: Record<string, string>): Sentence {
    if (found.is === "UNPROVEN") throw new Fault(found.why.text, found.why.values);
    const isUse = this.claim.kind === "use";
    if (found.is === "USED") {
      const { origin, size } = found.first.tick.out;
      this.checkOneHistory(origin, [size, found.last.tick.out.size]);
    }
    if (isUse && found.is === "SILENT")
      throw new Refuted("{party} said nothing on this line from {from} until {until}.", values);
    if (!isUse && found.is === "USED")
      throw new Refuted("{party} said something on this line from {from} until {until}.", values);
    const sizes = {
      first: String(found.first.tick.out.size),
      last: String(found.last.tick.out.size),
    };
    return say(
      "Its outbox had {first} entries at the first and {last} at the last of them.",
      sizes,
    );
  }

  private addedIn(found: Finding, party: string): Sentence {
    if (found.is !== "USED") throw new Fault("No entry of the window is in the file.");
    const { origin, size: start } = found.first.tick.out;
    const end = found.last.tick.out.size;
    const added = [...this.seen.values()].filter(
      ({ envelope }) =>
        envelope.origin === origin &&
        envelope.index >= start &&
        envelope.index < end &&
        this.ring(party, envelope.epoch).isTrusted(envelope.index),
    );
    if (added.length === 0) throw new Fault("No entry of the window is in the file.");
    this.facts["entries"] = added
      .map(({ envelope }) => Number(envelope.index))
      .sort((a, b) => a - b);
    return say("{count} of them are in the file.", { count: String(added.length) });
  }
}

/** Somebody signed two histories. */
class Fork extends Fault {}

const REVOCATIONS = say("This page cannot know of a revocation of keys that is not in the file.");

function ending(fault: Fault): Sentence {
  if (fault instanceof Fork) return say("Show this file to the parties: it proves a fork.");
  if (fault instanceof Refuted) return say("What is in the file shows the opposite of the claim.");
  return say("So nothing is shown, neither the claim nor its opposite.");
}

const placeName = (party: string, epoch: number, index: bigint): string =>
  `${party} ${epoch} ${index}`;
const ringName = (party: string, epoch: number): string => `${party} ${epoch}`;
const sizeName = (origin: string, size: bigint): string => `${origin} ${size}`;
const shortened = (text: string): string => text.slice(0, 200);
const numbers = (of: Map<string, bigint>): Record<string, number> =>
  Object.fromEntries([...of].map(([party, at]) => [party, Number(at)]));

/** An instant in UTC; one that no calendar has is written as the number that it is. */
export function instant(at: bigint): string {
  if (at < 0n || at > 253_402_300_799_999n) return `???(${at})`;
  return new Date(Number(at)).toISOString().replace(".000Z", "Z");
}

/** The words of a text, as its author wrote them; of another kind what can be shown. */
function wordsIn({ envelope, part }: Seen): string | null {
  const body = part.content === null ? null : bodyOf(part.content);
  const written = body?.get(2n);
  return envelope.kind === 10 && typeof written === "string" ? written : null;
}
