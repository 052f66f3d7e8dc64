// Heads (C2SP tlog-checkpoint), signed by their log and cosigned by others: docs/spec/log-and-receipt.md.
import { equal, join, readU64, u64, unbase64, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { isKeyName, rowsBy, type Note, type VerifierKey } from "./note.ts";
import { verifyEd25519, verifyMldsa44, type Keys } from "./signature.ts";

export interface Head {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const TIME_MAX_S = 253_402_300_799n;

/** A whole number as rows of heads and ticks write it; null where it is none. */
export function parseNumber(written: string): bigint | null {
  const value = SIZE.test(written) ? BigInt(written) : null;
  return value !== null && value < 2n ** 63n ? value : null;
}

/** Size and root as rows write them: the root of nothing is the empty one. */
export function parseHead(origin: string, size: string, root: string): Head {
  const number = parseNumber(size);
  const hash = unbase64(root);
  if (number === null || hash === null || hash.length !== 32)
    throw new Fault("A head does not name a size and a root.");
  if (number === 0n && !equal(hash, EMPTY_ROOT))
    throw new Fault("A head does not name a size and a root.");
  return { origin, size: number, root: hash };
}

export function parseCheckpoint(text: string): Head {
  const rows = text.split("\n");
  if (rows.length !== 4 || rows[3] !== "" || !isKeyName(rows[0]!))
    throw new Fault("A head is not written in three rows.");
  return parseHead(rows[0]!, rows[1]!, rows[2]!);
}

/** What ML-DSA-44 signs (C2SP tlog-cosignature); the log itself signs with time 0. */
function subtreeMessage(head: Head, cosigner: string, time: bigint): Uint8Array {
  const name = utf8(cosigner);
  const origin = utf8(head.origin);
  return join(
    utf8("subtree/v1\n\0"),
    Uint8Array.of(name.length),
    name,
    u64(time),
    Uint8Array.of(origin.length),
    origin,
    u64(0n),
    u64(head.size),
    head.root,
  );
}

/** Whether the log signed the head with both keys, once each. */
export function isSignedByLog(note: Note, head: Head, keys: Keys): boolean {
  const [classic, ...more] = rowsBy(note, head.origin, 1, keys.ed25519);
  const [quantum, ...others] = rowsBy(note, head.origin, 6, keys.mldsa44);
  if (classic === undefined || quantum === undefined || more.length + others.length > 0)
    return false;
  const { signature } = quantum;
  return (
    verifyEd25519(keys.ed25519, utf8(note.text), classic.signature) &&
    signature.length === 8 + 2_420 &&
    readU64(signature) === 0n &&
    verifyMldsa44(keys.mldsa44, subtreeMessage(head, head.origin, 0n), signature.subarray(8))
  );
}

/** The second of one row of a cosignature; null where it does not hold. */
function cosignedBy(note: Note, head: Head, key: VerifierKey): bigint | null {
  const [row, ...more] = rowsBy(note, key.name, key.type, key.key);
  if (row === undefined || more.length > 0 || row.signature.length < 8) return null;
  const time = readU64(row.signature);
  const signature = row.signature.subarray(8);
  if (time < 1n || time > TIME_MAX_S) return null;
  const holds =
    key.type === 4
      ? verifyEd25519(key.key, utf8(`cosignature/v1\ntime ${time}\n${note.text}`), signature)
      : verifyMldsa44(key.key, subtreeMessage(head, key.name, time), signature);
  return holds ? time : null;
}

/** The second at which a party cosigned with both keys; null where it did not with these. */
export function cosignedAt(note: Note, head: Head, name: string, keys: Keys): bigint | null {
  const classic = cosignedBy(note, head, { name, type: 4, key: keys.ed25519 });
  const quantum = cosignedBy(note, head, { name, type: 6, key: keys.mldsa44 });
  return classic !== null && classic === quantum ? classic : null;
}

/** Whether an outside witness has a row on the head, and whether that holds. */
export function witnessRow(note: Note, head: Head, key: VerifierKey): "none" | "holds" | "wrong" {
  if (rowsBy(note, key.name, key.type, key.key).length === 0) return "none";
  return cosignedBy(note, head, key) === null ? "wrong" : "holds";
}
