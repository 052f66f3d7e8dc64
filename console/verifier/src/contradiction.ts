// Two things that one key signed and that cannot both be: docs/spec/certificate.md, section 3.
import { compare, equal, hex, sha256, text } from "./bytes.ts";
import type { Contradiction, Sort } from "./certificate.ts";
import { parseEnvelope, verifyEnvelope } from "./envelope.ts";
import { Fault } from "./fault.ts";
import { isSignedByLog, parseCheckpoint, type Head } from "./head.ts";
import { verifyConsistency } from "./merkle.ts";
import { parseNote, type Note } from "./note.ts";
import type { Ring } from "./ring.ts";
import { keyId, sameKeys, type Keys } from "./signature.ts";
import { TICK_VERSION, isSignedTick, parseTick, tickHash, type Tick } from "./tick.ts";

/** What the two show: where they stand, which key signed both, and the two roots or hashes. */
export interface Shown {
  readonly place: bigint;
  readonly key: string;
  readonly first: string;
  readonly second: string;
}

/** One of the two, with the size that says which keys may have signed it. */
interface Signed<T> {
  readonly what: T;
  readonly size: bigint;
  readonly isBy: (keys: Keys) => boolean;
}

const otherLog = (): Fault => new Fault("The two are not of the log of the claim.");
const notOneKey = (): Fault => new Fault("No key of the party that counts there has signed both.");
const notInOrder = (): Fault => new Fault("The two do not stand in their order.");
const noContradiction = (): Fault => new Fault("The two do not contradict each other.");

/** What the two show of a log; `ring` has the keys of its party there. */
export function contradict(two: Contradiction, sort: Sort, log: string, ring: Ring): Shown {
  if (sort === "ENTRY") return entries(two, log, ring);
  if (sort === "TICK") return ticks(two, log, ring);
  return heads(two, log, ring, sort === "JOURNAL");
}

function noteOf(bytes: Uint8Array): Note {
  const written = text(bytes);
  if (written === null) throw new Fault("A note in the file is not UTF-8.");
  return parseNote(written);
}

function headOf(bytes: Uint8Array, log: string, isJournal: boolean): Signed<Head> {
  const note = noteOf(bytes);
  if (!isJournal && note.text.startsWith(`${TICK_VERSION}\n`)) {
    const { what, size, isBy } = tickOf(note, log);
    return { what: what.out, size, isBy };
  }
  const head = parseCheckpoint(note.text);
  if (head.origin !== log) throw otherLog();
  const isAlone = note.rows.length === 2;
  return {
    what: head,
    size: head.size,
    isBy: (keys) => isAlone && isSignedByLog(note, head, keys),
  };
}

function tickOf(note: Note, log: string): Signed<Tick> {
  const tick = parseTick(note.text);
  if (tick.out.origin !== log) throw otherLog();
  return { what: tick, size: tick.out.size, isBy: (keys) => isSignedTick(note, tick, keys) };
}

/** The id of the one key that signed both, of those that may have. */
function signer(candidates: Keys[], first: Signed<unknown>, second: Signed<unknown>): string {
  const found = candidates.find((keys) => first.isBy(keys) && second.isBy(keys));
  if (found === undefined) throw notOneKey();
  return hex(keyId(found.ed25519));
}

function atBoth(ring: Ring, first: bigint, second: bigint): Keys[] {
  const others = ring.nodesFor(second);
  return ring.nodesFor(first).filter((keys) => others.some((one) => sameKeys(one, keys)));
}

/** Nothing, if two of one place stand in order of their bytes, and no proof is with them. */
function checkOrder(two: Contradiction): void {
  if (compare(two.first, two.second) >= 0) throw notInOrder();
  checkNoProof(two);
}

function checkNoProof({ root, proof }: Contradiction): void {
  if (root.length > 0 || proof.length > 0) throw notInOrder();
}

function heads(two: Contradiction, log: string, ring: Ring, isJournal: boolean): Shown {
  const first = headOf(two.first, log, isJournal);
  const second = headOf(two.second, log, isJournal);
  const candidates = isJournal ? ring.journalNodes() : atBoth(ring, first.size, second.size);
  const key = signer(candidates, first, second);
  let { root } = second.what;
  if (first.size === second.size) {
    checkOrder(two);
  } else {
    if (first.size < 1n || first.size > second.size) throw notInOrder();
    verifyConsistency(first.size, second.size, two.root, root, two.proof);
    root = two.root;
  }
  if (equal(root, first.what.root)) throw noContradiction();
  return { place: first.size, key, first: hex(first.what.root), second: hex(root) };
}

function ticks(two: Contradiction, log: string, ring: Ring): Shown {
  const [one, other] = [noteOf(two.first), noteOf(two.second)];
  const first = tickOf(one, log);
  const second = tickOf(other, log);
  const key = signer(atBoth(ring, first.size, second.size), first, second);
  const hash = tickHash(one.text);
  let named: Uint8Array;
  if (second.what.sequence === first.what.sequence) {
    checkOrder(two);
    named = tickHash(other.text);
  } else if (second.what.sequence === first.what.sequence + 1n) {
    checkNoProof(two);
    named = second.what.previous;
  } else {
    throw noContradiction();
  }
  if (equal(named, hash)) throw noContradiction();
  return { place: first.what.sequence, key, first: hex(hash), second: hex(named) };
}

function entries(two: Contradiction, log: string, ring: Ring): Shown {
  const [first, second] = [parseEnvelope(two.first), parseEnvelope(two.second)];
  const { index } = first;
  if (first.origin !== log || second.origin !== log || second.index !== index) throw otherLog();
  if (!ring.isTrusted(index)) throw notOneKey();
  const keys = ring.nodeAt(index);
  verifyEnvelope(first, keys);
  verifyEnvelope(second, keys);
  checkOrder(two);
  if (equal(first.protected, second.protected) && equal(first.payload, second.payload))
    throw noContradiction();
  const [one, other] = [sha256(two.first), sha256(two.second)];
  return { place: index, key: hex(keyId(keys.ed25519)), first: hex(one), second: hex(other) };
}
