// The forms in which fields are written, as "Forms" in docs/spec/README.md has them.
import { compare, compareTexts } from "./bytes.ts";
import type { Value } from "./cbor.ts";
import { Fault } from "./fault.ts";

/** Reads a value of one form; throws where the value has another. */
export type Form<T> = (value: Value) => T;

export const INDEX_MAX = 2n ** 53n;
export const INSTANT_MAX = 2n ** 63n - 1n;

export function wrong(what: string): Fault {
  return new Fault("Something has not its form: {what}.", { what });
}

export const int =
  (least: bigint | number, most: bigint | number): Form<bigint> =>
  (value) => {
    if (typeof value !== "bigint" || value < BigInt(least) || value > BigInt(most))
      throw wrong(`a whole number from ${least} to ${most}`);
    return value;
  };

export const oneOf =
  (...numbers: number[]): Form<number> =>
  (value) => {
    const found = numbers.find((one) => value === BigInt(one));
    if (found === undefined) throw wrong(`one of ${numbers.join(", ")}`);
    return found;
  };

export const bool: Form<boolean> = (value) => {
  if (typeof value !== "boolean") throw wrong("true or false");
  return value;
};

export const bytes =
  (least: number, most = least): Form<Uint8Array> =>
  (value) => {
    if (!(value instanceof Uint8Array) || value.length < least || value.length > most)
      throw wrong(`${least} to ${most} bytes`);
    return value;
  };

const written =
  (least: number, most: number, control: RegExp): Form<string> =>
  (value) => {
    if (typeof value !== "string") throw wrong("a text");
    const length = [...value].length;
    if (length < least || length > most) throw wrong(`a text of ${least} to ${most} characters`);
    if (control.test(value)) throw wrong("a text without control characters");
    if (least > 0 && /^\p{White_Space}*$/u.test(value)) throw wrong("a text that is not blank");
    return value;
  };

export const text = (least: number, most: number): Form<string> => written(least, most, /\p{Cc}/u);
export const rows = (least: number, most: number): Form<string> =>
  written(least, most, /(?!\n)\p{Cc}/u);

const matching =
  (pattern: RegExp, what: string): Form<string> =>
  (value) => {
    if (typeof value !== "string" || !pattern.test(value)) throw wrong(what);
    return value;
  };

export const name = matching(/^[a-z][a-z0-9_-]{0,31}$/, "a name in small letters");
export const lang = matching(/^[a-z]{2,3}$/, "a language");

export const named =
  (check: (text: string) => boolean, what: string): Form<string> =>
  (value) => {
    if (typeof value !== "string" || !check(value)) throw wrong(what);
    return value;
  };

export const list =
  <T>(form: Form<T>, least: number, most: number): Form<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      throw wrong(`a list of ${least} to ${most}`);
    return value.map(form);
  };

type Order = string | bigint | number | Uint8Array | readonly Order[];

function compareOrder(a: Order, b: Order): number {
  if (typeof a === "string") return compareTexts(a, b as string);
  if (a instanceof Uint8Array) return compare(a, b as Uint8Array);
  if (typeof a !== "object") return a < (b as bigint) ? -1 : a > (b as bigint) ? 1 : 0;
  const others = b as readonly Order[];
  for (const [i, one] of a.entries()) {
    const order = i < others.length ? compareOrder(one, others[i]!) : 1;
    if (order !== 0) return order;
  }
  return a.length - others.length;
}

/** An ascending list with none twice, by what `by` takes of each. */
export const sorted =
  <T>(form: Form<T>, least: number, most: number, by: (one: T) => Order): Form<T[]> =>
  (value) => {
    const found = list(form, least, most)(value);
    for (let i = 1; i < found.length; i++)
      if (compareOrder(by(found[i - 1]!), by(found[i]!)) >= 0) throw wrong("a list in order");
    return found;
  };

export const tuple =
  <T extends unknown[]>(...forms: { [K in keyof T]: Form<T[K]> }): Form<T> =>
  (value) => {
    if (!Array.isArray(value) || value.length !== forms.length)
      throw wrong(`an array of ${forms.length}`);
    return forms.map((form, i) => form(value[i]!)) as T;
  };

type Fields = Record<string, readonly [key: number, form: Form<unknown>, optional?: "?"]>;
type Read<F extends Fields> = {
  [K in keyof F]: F[K] extends readonly [number, Form<infer T>, "?"]
    ? T | undefined
    : F[K] extends readonly [number, Form<infer T>]
      ? T
      : never;
};

/** A map with exactly these keys; those that are marked may be left out. */
export const table =
  <const F extends Fields>(fields: F): Form<Read<F>> =>
  (value) => {
    if (!(value instanceof Map)) throw wrong("a map");
    const keys = new Set(value.keys());
    const found: Record<string, unknown> = {};
    for (const [name, [key, form, optional]] of Object.entries(fields)) {
      const one = value.get(BigInt(key));
      if (one === undefined) {
        if (optional === undefined) throw wrong(`a map with the key ${key}`);
        continue;
      }
      keys.delete(BigInt(key));
      found[name] = form(one);
    }
    if (keys.size > 0) throw wrong(`a map without the key ${[...keys][0]}`);
    return found as Read<F>;
  };

export const by = tuple<[string, string]>(text(1, 200), text(1, 200));
