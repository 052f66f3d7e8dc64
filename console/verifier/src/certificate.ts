// The file: docs/spec/certificate.md, section 1. Only its form and its checksum are looked at here.
import { equal, sha256, text } from "./bytes.ts";
import { decode, isInOrder, type Value } from "./cbor.ts";
import { Fault, Unreadable } from "./fault.ts";
import { INDEX_MAX, bytes, int, list, named, table, tuple, type Form } from "./forms.ts";
import { isLine, isParty } from "./names.ts";

export const JUDGED = ["message", "receipt", "use", "non_use", "fork"] as const;
export const OTHERS = ["state", "declared", "lead_time", "no_answer", "capture"] as const;
export type Kind = (typeof JUDGED)[number];

/** What was signed twice. */
export const SORTS = ["HEAD", "TICK", "ENTRY", "JOURNAL"] as const;
export type Sort = (typeof SORTS)[number];

export interface Claim {
  readonly kind: Kind;
  readonly line: string;
  readonly party: string;
  readonly index: bigint;
  readonly epoch: number;
  readonly holder: string;
  readonly from: bigint;
  readonly until: bigint;
  readonly word: Sort | "";
}

export interface Part {
  readonly raw: Uint8Array;
  readonly content: Uint8Array | null;
  readonly size: bigint;
  readonly proof: Uint8Array[];
}

export interface Extension {
  readonly origin: string;
  readonly first: bigint;
  readonly second: bigint;
  readonly proof: Uint8Array[];
}

/** Two notes or envelopes; of two heads of different sizes with a root and a proof besides. */
export interface Contradiction {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: Uint8Array[];
}

export interface Certificate {
  readonly claim: Claim;
  readonly understanding: Uint8Array;
  readonly entries: Part[];
  readonly heads: string[];
  readonly extensions: Extension[];
  readonly ticks: string[];
  /** In a certificate of a fork alone. */
  readonly contradictions: Contradiction[];
}

/** A certificate of a kind that this page does not judge. */
export class OtherKind extends Unreadable {
  readonly kind: string;
  constructor(kind: string) {
    super("This page cannot judge a certificate of this kind; use the program: openline verify.");
    this.kind = kind;
  }
}

export const SIZE_MAX = 16_777_216;
const CHECKSUM = 32;
const AT_MAX = 253_402_300_799_999n;

const line = named(isLine, "the name of a line");
const party = named(isParty, "the name of a party");
const index = int(0, INDEX_MAX);
const at = int(0, AT_MAX);
const sort: Form<Sort> = (value) => {
  const found = SORTS.find((one) => one === value);
  if (found === undefined) throw new Fault("The claim names a fork of no sort that is known.");
  return found;
};

const aboutMessage = {
  line: [0, line],
  party: [1, party],
  index: [2, index],
  epoch: [8, int(2, 999_999), "?"],
} as const;
const aboutWindow = { line: [0, line], party: [1, party], from: [4, at], until: [5, at] } as const;
const CLAIMS: Record<
  Kind,
  Form<Partial<Omit<Claim, "kind" | "epoch">> & { epoch?: bigint | undefined }>
> = {
  message: table(aboutMessage),
  receipt: table({ ...aboutMessage, holder: [3, party] }),
  use: table(aboutWindow),
  non_use: table(aboutWindow),
  fork: table({ ...aboutMessage, word: [7, sort] }),
};

const proof = list(bytes(32), 0, 63);
const orNull =
  <T>(form: Form<T>): Form<T | null> =>
  (value) =>
    value === null ? null : form(value);

const note: Form<string> = (value) => {
  const found = text(bytes(0, SIZE_MAX)(value));
  if (found === null) throw new Fault("A note in the file is not UTF-8.");
  return found;
};

const originText: Form<string> = (value) => {
  if (typeof value !== "string") throw new Fault("An extension does not name a log.");
  return value;
};

const part = tuple<[Uint8Array, Uint8Array | null, bigint, Uint8Array[]]>(
  bytes(0, 65_535),
  orNull(bytes(0, 524_288)),
  index,
  proof,
);
const extension = tuple<[string, bigint, bigint, Uint8Array[]]>(originText, index, index, proof);

/** A list of parts, in order of their bytes. */
const parts =
  <T>(form: Form<T>, most: number): Form<T[]> =>
  (value) => {
    if (Array.isArray(value) && !isInOrder(value))
      throw new Fault("The parts of the file are not in order.");
    return list(form, 0, most)(value);
  };

const contradiction = tuple<[Uint8Array, Uint8Array, Uint8Array, Uint8Array[]]>(
  bytes(0, 65_535),
  bytes(0, 65_535),
  bytes(0, 32),
  proof,
);

const common = {
  understanding: [0, bytes(0, SIZE_MAX)],
  entries: [1, parts(part, 1_024)],
  heads: [2, parts(note, 128)],
  extensions: [3, parts(extension, 2_048)],
  ticks: [4, parts(note, 2_048)],
} as const;
const evidence = table(common);
const evidenceOfFork = table({ ...common, contradictions: [5, parts(contradiction, 1)] });

export function parseCertificate(file: Uint8Array): Certificate {
  if (file.length > SIZE_MAX) throw new Unreadable("The file is larger than a certificate may be.");
  const body = file.subarray(0, Math.max(0, file.length - CHECKSUM));
  if (!equal(sha256(body), file.subarray(body.length)))
    throw new Unreadable(
      "The checksum does not match: the file was damaged, or is something else.",
    );
  try {
    return parseParts(decode(file));
  } catch (fault) {
    if (fault instanceof Unreadable || !(fault instanceof Fault)) throw fault;
    throw new Unreadable(fault.sentence.text, fault.sentence.values);
  }
}

function parseParts(value: Value): Certificate {
  if (!Array.isArray(value) || value.length !== 6 || value[0] !== "openline/certificate")
    throw new Unreadable("The file is no certificate of a line.");
  if (value[1] !== 1n)
    throw new Unreadable("The certificate is of a version that this page does not know.");
  const kind = value[2];
  if (OTHERS.some((one) => one === kind)) throw new OtherKind(kind as string);
  const known = JUDGED.find((one) => one === kind);
  if (known === undefined) throw new Unreadable("The certificate is of a kind that nobody knows.");
  const claim = parseClaim(known, value[3]!);
  const found: ReturnType<typeof evidence> & {
    contradictions?: ReturnType<typeof contradiction>[];
  } = known === "fork" ? evidenceOfFork(value[4]!) : evidence(value[4]!);
  return {
    claim,
    understanding: found.understanding,
    entries: found.entries.map(([raw, content, size, proof]) => ({ raw, content, size, proof })),
    heads: found.heads,
    extensions: found.extensions.map(([origin, first, second, proof]) => ({
      origin,
      first,
      second,
      proof,
    })),
    ticks: found.ticks,
    contradictions: (found.contradictions ?? []).map(([first, second, root, proof]) => ({
      first,
      second,
      root,
      proof,
    })),
  };
}

function parseClaim(kind: Kind, value: Value): Claim {
  const found = CLAIMS[kind](value);
  const claim: Claim = {
    kind,
    line: found.line!,
    party: found.party!,
    index: found.index ?? 0n,
    epoch: Number(found.epoch ?? 1n),
    holder: found.holder ?? "",
    from: found.from ?? 0n,
    until: found.until ?? 0n,
    word: found.word ?? "",
  };
  if (found.from !== undefined && claim.from >= claim.until)
    throw new Unreadable("The window of the claim ends before it begins.");
  if (claim.holder === claim.party)
    throw new Unreadable("The claim names one party as author and receiver.");
  return claim;
}
