// @vitest-environment node
// The second verifier on the vectors that any implementation is held to.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hex, sha256, text, unhex, utf8 } from "../verifier/src/bytes";
import { decode, encode, type Value } from "../verifier/src/cbor";
import { bodyOf, parseEnvelope, verifyEnvelope } from "../verifier/src/envelope";
import { cosignedAt, isSignedByLog, parseCheckpoint } from "../verifier/src/head";
import { EMPTY_ROOT, leafHash, verifyConsistency, verifyInclusion } from "../verifier/src/merkle";
import { parseNote, parseVkey, rowsBy } from "../verifier/src/note";
import { isFitKey, verifyEd25519, type Keys } from "../verifier/src/signature";
import { parseTick, tickHash } from "../verifier/src/tick";

/* eslint-disable @typescript-eslint/no-explicit-any */
const load = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}.json`, import.meta.url), "utf-8"));

function shown(value: Value): unknown {
  if (typeof value === "bigint") return { int: String(value) };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (typeof value === "string") return { text: value };
  if (Array.isArray(value)) return { array: value.map(shown) };
  if (value instanceof Map)
    return { map: [...value].map(([key, one]) => [String(key), shown(one)]) };
  return value;
}

const keysOf = (signer: any): Keys => ({
  ed25519: unhex(signer.ed25519_public),
  mldsa44: unhex(signer.mldsa44_public ?? ""),
});

describe("strict CBOR", () => {
  const { accepted, refused } = load("cbor");
  it.each(accepted as any[])("reads $name, and writes it again", (one) => {
    const value = decode(unhex(one.hex), one.negative_keys);
    expect(shown(value)).toEqual(one.value);
    expect(hex(encode(value))).toBe(one.hex);
  });
  it.each(refused as any[])("refuses $name", (one) => {
    expect(() => decode(unhex(one.hex), one.negative_keys)).toThrow();
  });
  it("refuses what would need more memory than there is", () => {
    for (const bomb of ["9a7fffffff", "ba7fffffff", "5b7fffffffffffffff", "9bffffffffffffffff"])
      expect(() => decode(unhex(bomb))).toThrow();
  });
});

describe("the tree", () => {
  const vectors = load("merkle");
  const leaves = vectors.leaves.map(unhex);
  const roots = vectors.roots.map(unhex);
  const proof = (one: any) => one.proof.map(unhex);
  it("hashes entries", () => {
    expect(hex(EMPTY_ROOT)).toBe(vectors.empty_root);
    expect(vectors.entries.map((one: string) => hex(leafHash(unhex(one))))).toEqual(vectors.leaves);
  });
  it("verifies each proof", () => {
    for (const one of vectors.inclusion)
      verifyInclusion(
        leaves[one.index],
        BigInt(one.index),
        BigInt(one.size),
        proof(one),
        roots[one.size],
      );
    for (const one of vectors.consistency)
      verifyConsistency(
        BigInt(one.old),
        BigInt(one.new),
        roots[one.old],
        roots[one.new],
        proof(one),
      );
  });
  it.each(vectors.inclusion_refused as any[])("refuses inclusion: $name", (one) => {
    const { index, size, leaf, root } = one;
    expect(() =>
      verifyInclusion(unhex(leaf), BigInt(index), BigInt(size), proof(one), unhex(root)),
    ).toThrow();
  });
  it.each(vectors.consistency_refused as any[])("refuses consistency: $name", (one) => {
    expect(() =>
      verifyConsistency(
        BigInt(one.old),
        BigInt(one.new),
        unhex(one.old_root),
        unhex(one.new_root),
        proof(one),
      ),
    ).toThrow();
  });
});

describe("notes and heads", () => {
  const vectors = load("notes");
  const { node, mirror } = vectors.signers;
  it("reads verifier keys", () => {
    for (const one of vectors.verifier_keys) {
      const key = parseVkey(one.vkey);
      expect([key?.name, key?.type, hex(key!.key)]).toEqual([one.name, one.type, one.public]);
    }
    for (const one of vectors.verifier_keys_refused)
      expect(parseVkey(one.vkey), one.name).toBeNull();
  });
  it("reads notes and verifies their rows", () => {
    for (const one of vectors.notes) {
      const note = parseNote(one.note);
      expect(note.text).toBe(one.text);
      for (const row of one.signatures) {
        const key = unhex(vectors.signers[row.signer].ed25519_public);
        const [found] = rowsBy(note, row.name, 1, key);
        expect(verifyEd25519(key, utf8(note.text), found!.signature)).toBe(true);
      }
    }
  });
  it.each(vectors.notes_refused as any[])("refuses the note: $name", (one) => {
    const written = text(unhex(one.hex));
    if (written !== null) expect(() => parseNote(written)).toThrow();
  });
  it("reads heads", () => {
    for (const one of vectors.heads) {
      const head = parseCheckpoint(one.text);
      expect([head.origin, String(head.size), hex(head.root)]).toEqual([
        one.origin,
        String(one.size),
        one.root,
      ]);
    }
  });
  it.each(vectors.heads_refused as any[])("refuses the head: $name", (one) => {
    expect(() => parseCheckpoint(one.text)).toThrow();
  });
  it("verifies both signatures of a log, and both of a cosigner", () => {
    for (const one of vectors.signed_heads) {
      const note = parseNote(one.note);
      expect(isSignedByLog(note, parseCheckpoint(note.text), keysOf(node))).toBe(true);
    }
    for (const one of vectors.cosigned_heads) {
      const note = parseNote(one.note);
      const head = parseCheckpoint(note.text);
      expect(cosignedAt(note, head, one.cosigner_name, keysOf(mirror))).toBe(BigInt(one.at_s));
    }
  });
  it.each(vectors.signed_heads_refused as any[])("does not verify: $name", (one) => {
    const verdict = () => {
      const note = parseNote(one.note);
      const head = parseCheckpoint(note.text);
      const isOurs = head.origin === vectors.signed_heads[0].origin;
      if (!isOurs || !isSignedByLog(note, head, keysOf(node))) throw new Error("not signed");
    };
    expect(verdict).toThrow();
  });
  it.each(vectors.cosigned_heads_refused as any[])("does not verify as a receipt: $name", (one) => {
    const note = parseNote(one.note);
    const head = parseCheckpoint(note.text);
    expect(
      cosignedAt(note, head, vectors.cosigned_heads[0].cosigner_name, keysOf(mirror)),
    ).toBeNull();
  });
});

describe("envelopes and ticks", () => {
  const envelopes = load("envelope");
  const ticks = load("tick");
  it("reads envelopes and verifies them", () => {
    for (const one of envelopes.accepted) {
      const envelope = parseEnvelope(unhex(one.envelope));
      const { party, line, kind, index, at } = one.header;
      expect([envelope.party, envelope.line, envelope.kind]).toEqual([party, line, kind]);
      // JSON.parse reads numbers above 2^53 as the nearest that it has.
      expect([envelope.index, Number(envelope.at)]).toEqual([BigInt(index), at]);
      verifyEnvelope(envelope, keysOf(envelopes.signers[one.signer]));
    }
  });
  it.each(envelopes.refused as any[])("refuses the envelope: $name", (one) => {
    expect(() => parseEnvelope(unhex(one.hex))).toThrow();
  });
  it.each(envelopes.not_verified as any[])("does not verify the envelope: $name", (one) => {
    const envelope = parseEnvelope(unhex(one.hex));
    expect(() => verifyEnvelope(envelope, keysOf(envelopes.signers[one.signer]))).toThrow();
  });
  it.each(envelopes.contents_refused as any[])("reads no content in: $name", (one) => {
    expect(bodyOf(unhex(one.hex))).toBeNull();
  });
  it("reads ticks", () => {
    for (const one of ticks.accepted) {
      const { text } = parseNote(one.note);
      const tick = parseTick(text);
      expect([tick.party, tick.line, tick.sequence]).toEqual([
        one.tick.party,
        one.tick.line,
        BigInt(one.tick.sequence),
      ]);
      if (one.hash) expect(hex(tickHash(text))).toBe(one.hash);
    }
  });
  it.each(ticks.refused as any[])("refuses the tick: $name", (one) => {
    expect(() => parseTick(one.text)).toThrow();
  });
});

describe("Ed25519 without the cofactor", () => {
  const P = 2n ** 255n - 19n;
  const littleEndian = (value: bigint): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  const LOW = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ];
  it("adopts no key of low order and none that is not canonical", () => {
    for (const low of LOW) expect(isFitKey(unhex(low))).toBe(false);
    for (let y = P; y < 2n ** 255n; y++) expect(isFitKey(littleEndian(y))).toBe(false);
    expect(isFitKey(new Uint8Array(31))).toBe(false);
  });
  it("lets nothing verify under them, whatever the signature", () => {
    const message = sha256(new Uint8Array());
    for (const low of LOW)
      for (const r of LOW)
        expect(
          verifyEd25519(unhex(low), message, Uint8Array.from([...unhex(r), ...new Uint8Array(32)])),
        ).toBe(false);
  });
});
