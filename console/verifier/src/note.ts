// Signed notes (C2SP signed-note), in which heads and ticks are written.
import { equal, unbase64, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { isFitKey, noteKeyId } from "./signature.ts";

export interface Row {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  readonly text: string;
  readonly rows: readonly Row[];
}

const SIZE_MAX = 524_288;
const ROWS_MAX = 80;

function wrong(): Fault {
  return new Fault("A signed note has not the form of one.");
}

export function parseNote(whole: string): Note {
  if (utf8(whole).length > SIZE_MAX || /(?!\n)[\0-\x1f]/.test(whole)) throw wrong();
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) throw wrong();
  const written = whole
    .slice(split + 2)
    .split("\n")
    .slice(0, -1);
  if (written.length < 1 || written.length > ROWS_MAX) throw wrong();
  return { text: whole.slice(0, split + 1), rows: written.map(parseRow) };
}

function parseRow(written: string): Row {
  const [, name, base64] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(written) ?? [];
  const bytes = base64 === undefined ? null : unbase64(base64);
  if (name === undefined || bytes === null || bytes.length < 5 || !isKeyName(name)) throw wrong();
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

export function isKeyName(name: string): boolean {
  const size = utf8(name).length;
  return size >= 1 && size <= 255 && !/[\p{White_Space}+]/u.test(name);
}

/** The rows under a name by a key of that type. */
export function rowsBy(note: Note, name: string, type: number, key: Uint8Array): Row[] {
  const id = noteKeyId(name, type, key);
  return note.rows.filter((row) => row.name === name && equal(row.keyId, id));
}

export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  readonly key: Uint8Array;
}

const KEY_SIZES: Record<number, number> = { 1: 32, 4: 32, 6: 1_312 };

/** A C2SP verifier key, `name+id+base64`; null where the text is none. */
export function parseVkey(written: string): VerifierKey | null {
  const [, name, id, base64] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(written) ?? [];
  const bytes = base64 === undefined ? null : unbase64(base64);
  if (name === undefined || id === undefined || bytes === null || !isKeyName(name)) return null;
  const type = bytes[0];
  if (type === undefined || KEY_SIZES[type] !== bytes.length - 1) return null;
  const key = bytes.subarray(1);
  if (type !== 6 && !isFitKey(key)) return null;
  const digits = [...noteKeyId(name, type, key)].map((byte) => byte.toString(16).padStart(2, "0"));
  return digits.join("") === id ? { name, type, key } : null;
}
