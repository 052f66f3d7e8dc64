// Which key is valid where: docs/spec/understanding.md, section 6. Keys are valid by the place
// in their owner's outbox, never by a date.
import { equal, hex, join, sha256, utf8 } from "./bytes.ts";
import { encode, type Value } from "./cbor.ts";
import { bodyOf, type Envelope } from "./envelope.ts";
import { Fault } from "./fault.ts";
import { INDEX_MAX, bytes, by, int, oneOf, rows, table, text } from "./forms.ts";
import { fingerprint, isFitKey, keyId, sameKeys, verifyEd25519, type Keys } from "./signature.ts";
import {
  checkRoots,
  checkRows,
  keysForm,
  mayFollow,
  parseSigned,
  rootRows,
  type PartyTerms,
  type Understanding,
} from "./understanding.ts";

export const KIND = { amendment: 1, keyChange: 2, keyRevoke: 3, epoch: 4 } as const;

const MESSAGES_MAX = 128;
const CHANGES_UNTIL = 96;
const [NODE, WITNESS, MIRROR, TLS] = [1, 2, 3, 4] as const;

const role = oneOf(NODE, WITNESS, MIRROR, TLS);
const tls = bytes(1, 8_192);

const keyChange = table({
  by: [0, by],
  role: [1, role],
  keys: [6, keysForm, "?"],
  tls: [7, tls, "?"],
  proof: [9, bytes(0, 64)],
});

const keyRevoke = table({
  by: [0, by],
  role: [1, role],
  revoked: [2, bytes(8)],
  from: [3, int(0, INDEX_MAX)],
  reason: [4, rows(1, 16_384)],
  keys: [6, keysForm, "?"],
  tls: [7, tls, "?"],
  rows: [8, rootRows],
});

const epochForm = table({
  by: [0, by],
  origin: [1, text(1, 200)],
  previousSize: [2, int(0, INDEX_MAX)],
  previousRoot: [3, bytes(32)],
  reason: [4, rows(1, 16_384)],
  understanding: [5, bytes(32)],
  node: [6, keysForm],
  tls: [7, tls],
  rows: [8, rootRows],
  witness: [9, keysForm],
  mirror: [10, keysForm],
});

interface Given<T> {
  readonly what: T;
  /** The first entry where it counts. */
  readonly from: bigint;
  /** The entry that brought it by the word of a node key alone; null where the roots gave it. */
  readonly broughtBy: bigint | null;
}

const given = <T>(what: T, from = 0n, broughtBy: bigint | null = null): Given<T> => ({
  what,
  from,
  broughtBy,
});

const fault = (envelope: Envelope): Fault =>
  new Fault("Message {index} of {party}, about keys or terms, does not hold.", {
    party: envelope.party,
    index: String(envelope.index),
  });

const tlsId = (der: Uint8Array): Uint8Array => sha256(der).subarray(0, 8);

/** The keys of one party in one of its outboxes, as far as the file shows. */
export class Ring {
  readonly party: string;
  private versions: Given<Understanding>[];
  private nodes: Given<Keys>[];
  private cosigners: Record<2 | 3, Given<Keys>[]>;
  private certificates: Given<Uint8Array>[];
  private revoked = new Set<string>();
  private distrusted: { id: Uint8Array; from: bigint; until: bigint }[] = [];
  private earlier: Keys[] = [];
  private taken = 0;
  private last = 0n;

  constructor(party: PartyTerms, understanding: Understanding) {
    this.party = party.name;
    this.versions = [given(understanding)];
    this.nodes = [given<Keys>(party.node)];
    this.cosigners = {
      [WITNESS]: [given<Keys>(party.witness)],
      [MIRROR]: [given<Keys>(party.mirror)],
    };
    this.certificates = [given(party.tls)];
  }

  understandings(): Understanding[] {
    return this.versions.map(({ what }) => what);
  }

  /** The key that signs the entry of this index. */
  nodeAt(index: bigint): Keys {
    return this.nodeGiven(index).what;
  }

  private nodeGiven(index: bigint): Given<Keys> {
    return this.nodes.findLast(({ from }) => from <= index)!;
  }

  /** Whether the key that signs this entry was its owner's alone there. */
  isTrusted(index: bigint): boolean {
    const { what, broughtBy } = this.nodeGiven(index);
    const id = keyId(what.ed25519);
    const isStolen = this.distrusted.some(
      (span) => equal(span.id, id) && span.from <= index && index < span.until,
    );
    return !isStolen && this.isClean(broughtBy);
  }

  private isClean(broughtBy: bigint | null): boolean {
    // The entry that brings a key stands before all that the key signs, so this ends.
    return broughtBy === null || this.isTrusted(broughtBy);
  }

  /** The keys that may sign a head or tick of this size. */
  nodesFor(size: bigint): Keys[] {
    const index = size > 0n ? size - 1n : 0n;
    const later = this.nodes.filter((one) => one.from > index && this.isClean(one.broughtBy));
    const found = later.map(({ what }) => what);
    return this.isTrusted(index) ? [this.nodeAt(index), ...found] : found;
  }

  /** The keys that may sign a head of the journal, in which keys have no places. */
  journalNodes(): Keys[] {
    return this.nodes
      .filter(({ what, broughtBy }) => !this.isRevoked(what) && this.isClean(broughtBy))
      .map(({ what }) => what);
  }

  private isRevoked({ ed25519 }: Keys): boolean {
    return this.distrusted.some(({ id }) => equal(id, keyId(ed25519)));
  }

  mirrors(): Keys[] {
    return this.accepted(MIRROR);
  }

  witnesses(): Keys[] {
    return this.accepted(WITNESS);
  }

  private accepted(role: 2 | 3): Keys[] {
    return this.cosigners[role]
      .filter(
        (one) => !this.revoked.has(hex(keyId(one.what.ed25519))) && this.isClean(one.broughtBy),
      )
      .map(({ what }) => what);
  }

  /** Takes in a message about keys or terms, the next of this outbox. */
  take(envelope: Envelope, content: Uint8Array): void {
    const body = bodyOf(content);
    if (body === null || envelope.index <= this.last) throw fault(envelope);
    this.count(envelope);
    this.last = envelope.index;
    if (envelope.kind === KIND.amendment) this.amend(envelope, body);
    else if (envelope.kind === KIND.keyChange) this.change(envelope, body);
    else this.revoke(envelope, body);
  }

  private count(envelope: Envelope): void {
    const most = envelope.kind === KIND.keyChange ? CHANGES_UNTIL : MESSAGES_MAX;
    if (this.taken >= most) throw fault(envelope);
    this.taken += 1;
  }

  private amend(envelope: Envelope, body: Map<bigint, Value>): void {
    const next = parseSigned(body);
    checkRoots(next);
    if (!mayFollow(this.versions.at(-1)!.what.terms, next.terms)) throw fault(envelope);
    this.versions.push(given(next, envelope.index));
  }

  private change(envelope: Envelope, body: Map<bigint, Value>): void {
    const change = keyChange(body);
    const { keys } = change;
    const { index, origin } = envelope;
    checkFits(envelope, change.role, keys, change.tls);
    if (change.proof.length !== (change.role === TLS ? 0 : 64)) throw fault(envelope);
    if (keys !== undefined) {
      const row = [origin, index, BigInt(change.role), keys.ed25519, keys.mldsa44, null];
      const message = join(utf8("openline/key-change/v1\n"), encode(row));
      if (!verifyEd25519(keys.ed25519, message, change.proof)) throw fault(envelope);
    }
    this.add(envelope, change.role, keys, change.tls, index + 1n, index);
  }

  private revoke(envelope: Envelope, body: Map<bigint, Value>): void {
    const revoke = keyRevoke(body);
    const { keys } = revoke;
    const { index, origin } = envelope;
    checkFits(envelope, revoke.role, keys, revoke.tls);
    if (revoke.from > index) throw fault(envelope);
    const message = join(
      utf8("openline/key-revoke/v1\n"),
      encode([
        origin,
        BigInt(revoke.role),
        revoke.revoked,
        revoke.from,
        keys?.ed25519 ?? null,
        keys?.mldsa44 ?? null,
        revoke.tls ?? null,
      ]),
    );
    checkRows(revoke.rows, [this.terms()], message);
    if (!this.ids(revoke.role).some((id) => equal(id, revoke.revoked))) throw fault(envelope);
    if (revoke.role === NODE)
      this.distrusted.push({ id: revoke.revoked, from: revoke.from, until: index });
    else this.revoked.add(hex(revoke.revoked));
    this.add(envelope, revoke.role, keys, revoke.tls, index, null);
  }

  private terms(): PartyTerms {
    return this.versions[0]!.what.terms.parties.find(({ name }) => name === this.party)!;
  }

  private ids(role: 1 | 2 | 3 | 4 | number): Uint8Array[] {
    if (role === TLS) return this.certificates.map(({ what }) => tlsId(what));
    const some = role === NODE ? this.nodes : this.cosigners[role as 2 | 3];
    return some.map(({ what }) => keyId(what.ed25519));
  }

  private known(): Keys[] {
    const some = [this.nodes, this.cosigners[WITNESS], this.cosigners[MIRROR]];
    return [...this.earlier, ...some.flat().map(({ what }) => what)];
  }

  private add(
    envelope: Envelope,
    role: number,
    keys: Keys | undefined,
    der: Uint8Array | undefined,
    from: bigint,
    broughtBy: bigint | null,
  ): void {
    if (der !== undefined) {
      if (this.certificates.some(({ what }) => equal(what, der))) throw fault(envelope);
      this.certificates.push(given(der, from, broughtBy));
      return;
    }
    const hasServed =
      this.terms().roots.some((root) => equal(root, keys!.ed25519)) ||
      this.known().some(
        (one) => equal(one.ed25519, keys!.ed25519) || equal(one.mldsa44, keys!.mldsa44),
      );
    if (hasServed || !isFitKey(keys!.ed25519)) throw fault(envelope);
    const some = role === NODE ? this.nodes : this.cosigners[role as 2 | 3];
    some.push(given(keys!, from, broughtBy));
  }

  /** The keys of the later outbox that an EPOCH opens, of which this is the ring before. */
  reopened(envelope: Envelope, content: Uint8Array): Ring {
    const body = bodyOf(content);
    if (body === null || envelope.kind !== KIND.epoch) throw fault(envelope);
    const epoch = epochForm(body);
    const first = this.versions[0]!.what;
    if (epoch.origin !== envelope.origin || !equal(epoch.understanding, first.digest))
      throw fault(envelope);
    const pair = (keys: Keys): Value[] => [keys.ed25519, keys.mldsa44];
    const row: Value[] = [
      epoch.origin,
      epoch.previousSize,
      epoch.previousRoot,
      epoch.understanding,
      pair(epoch.node),
      pair(epoch.witness),
      pair(epoch.mirror),
      epoch.tls,
    ];
    checkRows(epoch.rows, [this.terms()], join(utf8("openline/epoch/v1\n"), encode(row)));
    this.checkOpening(envelope, epoch);
    const next = new Ring(this.terms(), first);
    next.taken = this.taken;
    next.count(envelope);
    next.earlier = [...this.earlier, ...this.nodes.map(({ what }) => what)];
    next.nodes = [given<Keys>(epoch.node)];
    next.cosigners = {
      [WITNESS]: joined(this.witnesses(), epoch.witness),
      [MIRROR]: joined(this.mirrors(), epoch.mirror),
    };
    next.certificates = [...this.certificates, given(epoch.tls)];
    next.revoked = new Set([...this.revoked, ...this.distrusted.map(({ id }) => hex(id))]);
    return next;
  }

  private checkOpening(
    envelope: Envelope,
    epoch: { node: Keys; witness: Keys; mirror: Keys; tls: Uint8Array },
  ): void {
    const { node, witness, mirror } = epoch;
    const three = [node, witness, mirror];
    const nodes = [...this.earlier, ...this.nodes.map(({ what }) => what)];
    const others = [...this.cosigners[WITNESS], ...this.cosigners[MIRROR]].map(({ what }) => what);
    const isMixed =
      others.some((one) => sameKeys(one, node)) ||
      nodes.some((one) => sameKeys(one, witness) || sameKeys(one, mirror)) ||
      new Set(three.map(({ ed25519 }) => hex(ed25519))).size < 3 ||
      three.some((keys) => this.terms().roots.some((root) => equal(root, keys.ed25519)));
    const ids = [...three.map(({ ed25519 }) => keyId(ed25519)), tlsId(epoch.tls)].map(hex);
    const gone = new Set([...this.revoked, ...this.distrusted.map(({ id }) => hex(id))]);
    if (isMixed || ids.some((id) => gone.has(id)) || three.some((keys) => !isFitKey(keys.ed25519)))
      throw fault(envelope);
  }
}

function joined(accepted: Keys[], next: Keys): Given<Keys>[] {
  return [...accepted.filter((keys) => !sameKeys(keys, next)), next].map((keys) => given(keys));
}

function checkFits(
  envelope: Envelope,
  role: number,
  keys: Keys | undefined,
  der: Uint8Array | undefined,
): void {
  if ((keys === undefined) !== (role === TLS) || (der === undefined) === (role === TLS))
    throw fault(envelope);
}

/** The fingerprints of a party's root keys, as people compare them. */
export const rootPrints = (party: PartyTerms): string[] =>
  party.roots.map((root) => hex(fingerprint(root)));
