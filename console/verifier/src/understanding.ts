// The terms that the parties signed: docs/spec/understanding.md, sections 1 to 4.
import { compare, equal, hex, join, sha256, utf8 } from "./bytes.ts";
import { decode, encode, type Value } from "./cbor.ts";
import { Fault } from "./fault.ts";
import {
  bool,
  bytes,
  int,
  lang,
  list,
  name,
  named,
  oneOf,
  rows,
  sorted,
  table,
  text,
  tuple,
  wrong,
} from "./forms.ts";
import { isLine, isParty } from "./names.ts";
import { parseVkey, type VerifierKey } from "./note.ts";
import { isFitKey, sameKeys, verifyEd25519, type Keys } from "./signature.ts";

const MS = int(0, 316_224_000_000);
const LAT = int(-900_000_000, 900_000_000);
const LON = int(-1_800_000_000, 1_800_000_000);

const languages = list(lang, 1, 16);
const titles = sorted(tuple<[string, string]>(lang, text(1, 200)), 0, 16, ([language]) => language);
const party = named(isParty, "the name of a party");

export const keysForm = table({ ed25519: [1, bytes(32)], mldsa44: [2, bytes(1_312)] });

const post = table({ name: [1, name], tier: [2, int(1, 4)], hours: [3, text(0, 200)] });

const partyTerms = table({
  name: [1, party],
  titles: [2, titles],
  roots: [3, sorted(bytes(32), 1, 16, (root) => root)],
  threshold: [4, int(1, 16)],
  node: [5, keysForm],
  witness: [6, keysForm],
  mirror: [7, keysForm],
  tls: [8, bytes(1, 8_192)],
  languages: [9, languages],
  posts: [10, sorted(post, 1, 64, (one) => one.name)],
});
export type PartyTerms = ReturnType<typeof partyTerms>;

/** The numbers of the timers: intervals in milliseconds, but for two that count ticks. */
const timers = table({
  tick_ms: [1, MS],
  ticks_missed_degraded: [2, int(1, 1_000)],
  ticks_missed_lost: [3, int(1, 1_000)],
  clock_tolerance_ms: [4, MS],
  ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`timer_${i + 5}`, [i + 5, MS]])),
} as const);

const separation = table({
  kinds: [1, list(name, 2, 2)],
  lateral_m: [2, int(0, 200_000)],
  vertical_dm: [3, int(0, 10_000_000)],
  time_ms: [4, MS],
});

const leadTime = table({ category: [1, name], minimum_ms: [2, MS] });

const referencePoint = table({
  name: [1, name],
  titles: [2, titles],
  lat_e7: [3, LAT],
  lon_e7: [4, LON],
});

const atmosphere = table({
  qnh_min_hpa: [1, int(850, 1_100)],
  qnh_max_hpa: [2, int(850, 1_100)],
  temperature_k: [3, int(0, 60)],
});

const schedule = table({
  every_ms: [1, int(60_000, 7 * 86_400_000), "?"],
  times: [2, sorted(int(0, 1_439), 0, 24, (minute) => minute)],
  days: [3, sorted(oneOf(1, 2, 3, 4, 5, 6, 7), 0, 7, (day) => day)],
  alternate: [4, bool],
});

const outsideWitness = table({
  name: [1, text(1, 200)],
  vkeys: [2, sorted(text(1, 2_000), 1, 4, (vkey) => vkey)],
});

const terms = table({
  format: [0, oneOf(1)],
  line: [1, named(isLine, "the name of a line")],
  version: [2, int(1, 1_000_000)],
  template: [3, name],
  parties: [4, sorted(partyTerms, 2, 32, (one) => one.name)],
  scopes: [5, sorted(name, 1, 32, (scope) => scope)],
  languages: [6, languages],
  timers: [7, timers],
  separations: [8, sorted(separation, 1, 128, (one) => one.kinds)],
  lead_times: [9, sorted(leadTime, 1, 64, (one) => one.category)],
  reference_points: [10, sorted(referencePoint, 0, 2_000, (one) => one.name)],
  area: [11, list(list(tuple<[bigint, bigint]>(LAT, LON), 3, 500), 0, 32)],
  outside_witnesses: [12, sorted(outsideWitness, 0, 16, (one) => one.name)],
  notices_live_max: [13, int(1, 10_000)],
  code_book: [14, bytes(32), "?"],
  text: [15, rows(0, 65_536)],
  agreed_atmosphere: [16, atmosphere, "?"],
  check_schedule: [17, schedule, "?"],
  agreed_released_by_two: [20, sorted(name, 0, 4, (kind) => kind), "?"],
});
export type Terms = ReturnType<typeof terms>;

export type RootRow = [party: string, root: Uint8Array, signature: Uint8Array];

export const rootRows = sorted(
  tuple<RootRow>(text(1, 200), bytes(32), bytes(64)),
  0,
  512,
  ([party, root]) => [party, root],
);

export interface Understanding {
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly terms: Terms;
  readonly rows: RootRow[];
}

const signed = table({ data: [1, bytes(1, 393_216)], rows: [2, rootRows] });

export function parseSigned(value: Value): Understanding {
  const { data, rows } = signed(value);
  const found = terms(decode(data));
  check(found);
  return { bytes: data, digest: sha256(data), terms: found, rows };
}

/** What the forms do not say: section 1, "Besides". */
function check(found: Terms): void {
  const keys: Uint8Array[] = [];
  for (const one of found.parties) {
    if (one.threshold > BigInt(one.roots.length)) throw wrong("a threshold that roots can meet");
    keys.push(...one.roots, one.tls);
    for (const pair of [one.node, one.witness, one.mirror]) keys.push(pair.ed25519, pair.mldsa44);
    for (const key of [...one.roots, one.node.ed25519, one.witness.ed25519, one.mirror.ed25519])
      if (!isFitKey(key)) throw wrong("a key that may be used");
    if (new Set(one.languages).size < one.languages.length) throw wrong("languages, none twice");
  }
  if (new Set(keys.map(hex)).size < keys.length) throw wrong("keys that serve once");
  if (new Set(found.languages).size < found.languages.length) throw wrong("languages, none twice");
  if (found.separations.some(({ kinds: [a, b] }) => compare(utf8(a!), utf8(b!)) > 0))
    throw wrong("kinds in order");
  if (!found.separations.some(({ kinds }) => kinds.every((kind) => kind === "any")))
    throw wrong("a separation for any and any");
  if (!found.lead_times.some(({ category }) => category === "any"))
    throw wrong("a lead time for any");
  const { tick_ms, ticks_missed_degraded, ticks_missed_lost } = found.timers;
  if (tick_ms === 0n || ticks_missed_degraded > ticks_missed_lost) throw wrong("timers in order");
  const air = found.agreed_atmosphere;
  if (air !== undefined && air.qnh_min_hpa > air.qnh_max_hpa) throw wrong("pressures in order");
  const check = found.check_schedule;
  if (check !== undefined && (check.every_ms === undefined) === (check.times.length === 0))
    throw wrong("an interval or a calendar");
  outsideKeys(found);
}

/** The keys of outside witnesses; each must be a cosigner's, of that name. */
export function outsideKeys(found: Terms): VerifierKey[] {
  return found.outside_witnesses.flatMap((witness) =>
    witness.vkeys.map((vkey) => {
      const key = parseVkey(vkey);
      if (key === null || key.name !== witness.name || key.type === 1)
        throw wrong("the key of an outside witness");
      return key;
    }),
  );
}

const SIGNED = utf8("openline/understanding/v1\n");

/** Whether every row verifies, and every party has rows enough. */
export function checkRoots(understanding: Understanding): void {
  const { terms, rows } = understanding;
  checkRows(rows, terms.parties, join(SIGNED, understanding.bytes));
}

export function checkRows(rows: RootRow[], parties: PartyTerms[], message: Uint8Array): void {
  for (const [party, root, signature] of rows) {
    const listed = parties.find((one) => one.name === party)?.roots ?? [];
    const holds = listed.some((one) => equal(one, root)) && verifyEd25519(root, message, signature);
    if (!holds) throw new Fault("A signature of {party} by a root key does not hold.", { party });
  }
  for (const { name: party, threshold } of parties)
    if (BigInt(rows.filter(([who]) => who === party).length) < threshold)
      throw new Fault("Too few root keys of {party} have signed.", { party });
}

/** The content that entry 0 of each outbox has. */
export function firstContent(understanding: Understanding): Uint8Array {
  const body = new Map<bigint, Value>([
    [1n, understanding.bytes],
    [2n, understanding.rows],
  ]);
  return encode(
    new Map<bigint, Value>([
      [0n, understanding.digest.subarray(0, 16)],
      [1n, body],
    ]),
  );
}

/** Whether a version may follow another: section 4. */
export function mayFollow(old: Terms, next: Terms): boolean {
  return (
    next.line === old.line &&
    next.version === old.version + 1n &&
    next.parties.length === old.parties.length &&
    next.parties.every((one, i) => isSameParty(old.parties[i]!, one))
  );
}

function isSameParty(a: PartyTerms, b: PartyTerms): boolean {
  return (
    a.name === b.name &&
    a.threshold === b.threshold &&
    a.roots.length === b.roots.length &&
    a.roots.every((root, i) => equal(root, b.roots[i]!)) &&
    ([a.node, a.witness, a.mirror] as Keys[]).every((keys, i) =>
      sameKeys(keys, [b.node, b.witness, b.mirror][i]!),
    ) &&
    equal(a.tls, b.tls)
  );
}
