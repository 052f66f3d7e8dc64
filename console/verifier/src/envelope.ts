// Envelopes (COSE_Sign1, RFC 9052) and contents: docs/spec/envelope.md, sections 2 to 4.
import { compareTexts, equal, sha256 } from "./bytes.ts";
import { decode, encode, type Value } from "./cbor.ts";
import { Fault } from "./fault.ts";
import { INDEX_MAX, bytes, int, named, sorted, table, tuple, wrong } from "./forms.ts";
import type { Head } from "./head.ts";
import { isLine, isParty, outbox, parseOrigin } from "./names.ts";
import { keyId, verifyEd25519, type Keys } from "./signature.ts";

const FIELDS = -70_001n;
const SIZE_MAX = 65_535;
const CONTENT_SIZE_MAX = 524_288;

const party = named(isParty, "the name of a party");
const origin = named((text) => parseOrigin(text) !== null, "the name of a log");

const claims = table({ party: [1, party], line: [2, named(isLine, "the name of a line")] });

const fields = table({
  kind: [1, int(0, 65_535)],
  index: [2, int(0, INDEX_MAX)],
  at: [3, int(0, 2n ** 63n - 1n)],
  heads: [
    4,
    sorted(
      tuple<[string, bigint, Uint8Array]>(origin, int(0, INDEX_MAX), bytes(32)),
      0,
      32,
      ([origin]) => origin,
    ),
  ],
  reply_to: [5, tuple<[string, bigint]>(party, int(0, INDEX_MAX)), "?"],
  precedence: [6, int(1, 3), "?"],
  recipients: [7, sorted(party, 1, 32, (one) => one)],
  epoch: [8, int(2, 999_999), "?"],
});

export interface Envelope {
  readonly party: string;
  readonly line: string;
  readonly epoch: number;
  readonly origin: string;
  readonly kind: number;
  readonly index: bigint;
  readonly at: bigint;
  readonly heads: readonly Head[];
  readonly keyId: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly protected: Uint8Array;
  readonly raw: Uint8Array;
}

export function parseEnvelope(raw: Uint8Array): Envelope {
  if (raw.length > SIZE_MAX || raw[0] !== 0xd2) throw wrong("an envelope");
  const outer = decode(raw.subarray(1));
  if (!Array.isArray(outer) || outer.length !== 4) throw wrong("an envelope");
  const [header, unprotected, payload, signature] = outer as [Value, Value, Value, Value];
  if (!(unprotected instanceof Map) || unprotected.size > 0) throw wrong("an envelope");
  const protected_ = bytes(0, SIZE_MAX)(header);
  const parameters = decode(protected_, true);
  if (!(parameters instanceof Map) || parameters.size !== 7) throw wrong("seven parameters");
  const expected: [bigint, Value][] = [
    [1n, -19n],
    [16n, "application/openline+cose"],
    [258n, -16n],
    [259n, "application/cbor"],
  ];
  if (expected.some(([key, value]) => parameters.get(key) !== value))
    throw wrong("the algorithms and types of an envelope");
  const said = fields(parameters.get(FIELDS) ?? null);
  const { party, line } = claims(parameters.get(15n) ?? null);
  const epoch = Number(said.epoch ?? 1n);
  return {
    party,
    line,
    epoch,
    origin: outbox(party, line, epoch),
    kind: Number(said.kind),
    index: said.index,
    at: said.at,
    heads: said.heads.map(([origin, size, root]) => ({ origin, size, root })),
    keyId: bytes(8)(parameters.get(4n) ?? null),
    payload: bytes(32)(payload),
    signature: bytes(64)(signature),
    protected: protected_,
    raw,
  };
}

export function verifyEnvelope(envelope: Envelope, keys: Keys): void {
  const signed = encode(["Signature1", envelope.protected, new Uint8Array(), envelope.payload]);
  const holds =
    equal(envelope.keyId, keyId(keys.ed25519)) &&
    verifyEd25519(keys.ed25519, signed, envelope.signature);
  if (!holds)
    throw new Fault("The signature of {party}'s message {index} does not hold.", place(envelope));
}

export const place = (envelope: Envelope): Record<string, string> => ({
  party: envelope.party,
  index: String(envelope.index),
});

const content = table({ salt: [0, bytes(16)], body: [1, (value: Value) => value] });

/** The body in a content, or null where it is none that can be read. */
export function bodyOf(bytes: Uint8Array): Map<bigint, Value> | null {
  if (bytes.length > CONTENT_SIZE_MAX) return null;
  try {
    const { body } = content(decode(bytes));
    return body instanceof Map ? body : null;
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

export function checkContent(envelope: Envelope, content: Uint8Array): void {
  if (!equal(sha256(content), envelope.payload))
    throw new Fault(
      "The words of {party}'s message {index} are not those signed.",
      place(envelope),
    );
}

/** Sorts envelopes by author, outbox and index. */
export function inOrder(a: Envelope, b: Envelope): number {
  const byParty = compareTexts(a.party, b.party);
  if (byParty !== 0) return byParty;
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.index < b.index ? -1 : a.index > b.index ? 1 : 0;
}
