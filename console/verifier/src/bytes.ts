// Byte strings: comparing, joining, and the two ways in which they are written.
import { sha256 } from "@noble/hashes/sha2.js";

export { sha256 };

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text that the bytes write, or null where they are no UTF-8. */
export function text(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

export function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Below 0, 0 or above it, as the first byte that differs says, then the length. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => compare(a, b) === 0;

/** Texts in order of code points, which is that of their UTF-8 and not that of UTF-16. */
export const compareTexts = (a: string, b: string): number => compare(utf8(a), utf8(b));

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function hex(bytes: Uint8Array): string {
  let written = "";
  for (const byte of bytes) written += digits[byte];
  return written;
}

export function unhex(written: string): Uint8Array {
  return Uint8Array.from(written.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The bytes that base64 of RFC 4648 section 4 writes; null where it does not encode again to itself. */
export function unbase64(written: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written) || written.length % 4 !== 0) return null;
  const binary = atob(written);
  if (btoa(binary) !== written) return null;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Eight bytes, big-endian, as most signed texts write a number. */
export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

export function readU64(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
}
