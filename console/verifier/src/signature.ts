// Ed25519 as docs/spec/README.md has it, and ML-DSA-44 (FIPS 204).
//
// The curve and the lattice are those of the @noble libraries (MIT, audited). The check of a
// signature is written out here, because the specification asks for the one without the
// cofactor, R compared as bytes, and libraries and browsers differ in just that.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { equal, hex, join, sha256, unhex, utf8 } from "./bytes.ts";

export interface Keys {
  readonly ed25519: Uint8Array;
  readonly mldsa44: Uint8Array;
}

export const sameKeys = (a: Keys, b: Keys): boolean =>
  equal(a.ed25519, b.ed25519) && equal(a.mldsa44, b.mldsa44);

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt("0x" + (hex(Uint8Array.from(bytes).reverse()) || "0"));
}

/** Answers that were found before: what a file repeats, and a trial by thousands, is asked once. */
const remembered = new Map<string, unknown>();
const REMEMBERED_MAX = 20_000;

function once<T>(question: string, parts: Uint8Array[], answer: () => T): T {
  const name = question + parts.map((part) => hex(sha256(part))).join("");
  if (!remembered.has(name)) {
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(name, answer());
  }
  return remembered.get(name) as T;
}

type PointOf = InstanceType<typeof Point>;

/** The point of a key that may be adopted: canonical, and in the subgroup of prime order. */
function pointOfKey(key: Uint8Array): PointOf | null {
  return once("key", [key], () => {
    try {
      const point = Point.fromBytes(key, false);
      const isFit = equal(point.toBytes(), key) && !point.isSmallOrder() && point.isTorsionFree();
      return isFit ? point : null;
    } catch {
      return null;
    }
  });
}

export const isFitKey = (key: Uint8Array): boolean => key.length === 32 && pointOfKey(key) !== null;

export function verifyEd25519(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const point = pointOfKey(key);
  if (point === null) return false;
  return once("ed25519", [key, message, signature], () => {
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    if (s >= ORDER) return false;
    const k = littleEndian(sha512(join(r, key, message))) % ORDER;
    const found = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k));
    return equal(found.toBytes(), r);
  });
}

export function verifyMldsa44(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.length !== 1_312 || signature.length !== 2_420) return false;
  return once("mldsa44", [key, message, signature], () => {
    try {
      return ml_dsa44.verify(signature, message, key);
    } catch {
      return false;
    }
  });
}

const SPKI = unhex("302a300506032b6570032100");

/** The fingerprint of a root key: SHA-256 of its SubjectPublicKeyInfo. */
export const fingerprint = (key: Uint8Array): Uint8Array => sha256(join(SPKI, key));

/** How an envelope names a key. */
export const keyId = (key: Uint8Array): Uint8Array => fingerprint(key).subarray(0, 8);

/** How a note names a key. */
export function noteKeyId(name: string, type: number, key: Uint8Array): Uint8Array {
  return sha256(join(utf8(name), Uint8Array.of(0x0a, type), key)).subarray(0, 4);
}
