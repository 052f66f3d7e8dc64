// Strict CBOR, as "Strict CBOR" in docs/spec/envelope.md has it: one way to write each value.
import { compare, join, text, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";

export type Value = bigint | Uint8Array | string | boolean | null | Value[] | Map<bigint, Value>;

const DEPTH_MAX = 16;
const ITEMS_MAX = 131_072;

function wrong(what: string): Fault {
  return new Fault("The encoding is not the strict one: {what}.", { what });
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly negativeKeys: boolean;
  private items = 0;
  at = 0;

  constructor(bytes: Uint8Array, negativeKeys: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.negativeKeys = negativeKeys;
  }

  value(depth: number): Value {
    const [major, count] = this.head();
    switch (major) {
      case 0:
        return count;
      case 1:
        return -1n - count;
      case 2:
        return this.take(count);
      case 3:
        return this.text(count);
      case 4:
        return this.array(count, depth + 1);
      case 5:
        return this.map(count, depth + 1);
      case 7:
        if (count === 20n) return false;
        if (count === 21n) return true;
        if (count === 22n) return null;
    }
    throw wrong("a tag, a float or a simple value");
  }

  /** Major type and the number after it, which has its shortest form. */
  private head(): [number, bigint] {
    const first = this.byte();
    const major = first >> 5;
    const low = first & 31;
    if (low < 24) return [major, BigInt(low)];
    if (low > 27 || major === 7) throw wrong("an indefinite length or a reserved head");
    const size = 1 << (low - 24);
    if (this.at + size > this.bytes.length) throw wrong("it ends within a head");
    let count = 0n;
    for (let i = 0; i < size; i++) count = (count << 8n) | BigInt(this.byte());
    const least = size === 1 ? 24n : 1n << BigInt(size * 4);
    if (count < least) throw wrong("a number is longer than it must be");
    return [major, count];
  }

  private byte(): number {
    if (this.at >= this.bytes.length) throw wrong("it ends too soon");
    return this.view.getUint8(this.at++);
  }

  private take(count: bigint): Uint8Array {
    if (count > BigInt(this.bytes.length - this.at)) throw wrong("it ends too soon");
    const start = this.at;
    this.at += Number(count);
    return this.bytes.subarray(start, this.at);
  }

  private text(count: bigint): string {
    const found = text(this.take(count));
    if (found === null) throw wrong("a text is not UTF-8");
    if (found.normalize("NFC") !== found) throw wrong("a text is not in normal form C");
    return found;
  }

  private count(more: bigint, depth: number): number {
    if (depth > DEPTH_MAX) throw wrong("it nests too deep");
    // Each item takes a byte at least: what claims more cannot be there.
    if (more > BigInt(this.bytes.length - this.at)) throw wrong("it ends too soon");
    this.items += Number(more);
    if (this.items > ITEMS_MAX) throw wrong("it holds too many items");
    return Number(more);
  }

  private array(length: bigint, depth: number): Value[] {
    const found: Value[] = [];
    for (let left = this.count(length, depth); left > 0; left--) found.push(this.value(depth));
    return found;
  }

  private map(length: bigint, depth: number): Map<bigint, Value> {
    const found = new Map<bigint, Value>();
    let last: bigint | null = null;
    for (let left = this.count(2n * length, depth) / 2; left > 0; left--) {
      const [major, count] = this.head();
      if (major > (this.negativeKeys ? 1 : 0)) throw wrong("a key of a map is no whole number");
      const key: bigint = major === 0 ? count : -1n - count;
      if (last !== null && !comesAfter(key, last)) throw wrong("keys of a map are not in order");
      last = key;
      found.set(key, this.value(depth));
    }
    return found;
  }
}

/** Unsigned keys ascend, and negative ones follow them by magnitude. */
function comesAfter(key: bigint, last: bigint): boolean {
  if (key < 0n !== last < 0n) return key < 0n;
  return key < 0n ? key < last : key > last;
}

export function decode(bytes: Uint8Array, negativeKeys = false): Value {
  const reader = new Reader(bytes, negativeKeys);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw wrong("something follows the value");
  return value;
}

export function encode(value: Value): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === "bigint") return value < 0n ? head(1, -1n - value) : head(0, value);
  if (value instanceof Uint8Array) return join(head(2, BigInt(value.length)), value);
  if (typeof value === "string") {
    const bytes = utf8(value);
    return join(head(3, BigInt(bytes.length)), bytes);
  }
  if (Array.isArray(value)) return join(head(4, BigInt(value.length)), ...value.map(encode));
  const pairs = [...value].sort(([a], [b]) => (comesAfter(a, b) ? 1 : -1));
  return join(
    head(5, BigInt(pairs.length)),
    ...pairs.flatMap(([key, one]) => [encode(key), encode(one)]),
  );
}

function head(major: number, count: bigint): Uint8Array {
  const top = major << 5;
  if (count < 24n) return Uint8Array.of(top | Number(count));
  const size = count < 1n << 8n ? 0 : count < 1n << 16n ? 1 : count < 1n << 32n ? 2 : 3;
  const bytes = new Uint8Array(1 + (1 << size));
  bytes[0] = top | (24 + size);
  for (let i = bytes.length - 1, rest = count; i > 0; i--, rest >>= 8n)
    bytes[i] = Number(rest & 255n);
  return bytes;
}

/** Whether the items are in order of their bytes, none twice. */
export function isInOrder(items: Value[]): boolean {
  const written = items.map(encode);
  return written.every((bytes, i) => i === 0 || compare(written[i - 1]!, bytes) < 0);
}
