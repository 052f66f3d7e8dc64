// Proofs of an RFC 6962 tree with SHA-256, checked as RFC 9162 2.1.3.2 and 2.1.4.2 say.
import { equal, join, sha256 } from "./bytes.ts";
import { Fault } from "./fault.ts";

export const EMPTY_ROOT = sha256(new Uint8Array());

export const leafHash = (entry: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(0), entry));

const node = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(join(Uint8Array.of(1), left, right));

function wrong(): Fault {
  return new Fault("A proof does not lead to the root that was signed.");
}

function checkHashes(hashes: Uint8Array[]): void {
  if (hashes.some((one) => one.length !== 32)) throw wrong();
}

/** Nothing, if the proof leads from the leaf at the index to the root of that size. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  proof: Uint8Array[],
  root: Uint8Array,
): void {
  checkHashes([leaf, root, ...proof]);
  if (index < 0n || index >= size) throw wrong();
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0n) throw wrong();
    if ((fn & 1n) === 1n || fn === sn) {
      r = node(p, r);
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      r = node(r, p);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n || !equal(r, root)) throw wrong();
}

/** Nothing, if the tree of the first size is a prefix of that of the second. */
export function verifyConsistency(
  first: bigint,
  second: bigint,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  proof: Uint8Array[],
): void {
  checkHashes([firstRoot, secondRoot, ...proof]);
  if (first > second) throw wrong();
  if (second === 0n && !equal(secondRoot, EMPTY_ROOT)) throw wrong();
  if (first === 0n || first === second) {
    const expected = first === 0n ? EMPTY_ROOT : secondRoot;
    if (proof.length > 0 || !equal(firstRoot, expected)) throw wrong();
    return;
  }
  if (proof.length === 0) throw wrong();
  const isPowerOfTwo = (first & (first - 1n)) === 0n;
  const path = isPowerOfTwo ? [firstRoot, ...proof] : proof;
  let fn = first - 1n;
  let sn = second - 1n;
  while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let fr = path[0]!;
  let sr = path[0]!;
  for (const c of path.slice(1)) {
    if (sn === 0n) throw wrong();
    if ((fn & 1n) === 1n || fn === sn) {
      fr = node(c, fr);
      sr = node(c, sr);
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      sr = node(sr, c);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n || !equal(fr, firstRoot) || !equal(sr, secondRoot)) throw wrong();
}
