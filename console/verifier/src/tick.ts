// Ticks: docs/spec/tick-and-silence.md, sections 1 and 2.
import { compareTexts, sha256, unbase64, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { parseHead, parseNumber, type Head } from "./head.ts";
import { isLine, isParty, parseOrigin } from "./names.ts";
import { rowsBy, type Note } from "./note.ts";
import { verifyEd25519, type Keys } from "./signature.ts";

export interface Tick {
  readonly line: string;
  readonly party: string;
  readonly sequence: bigint;
  readonly at: bigint;
  readonly out: Head;
  readonly held: readonly Head[];
  readonly previous: Uint8Array;
  readonly heard: readonly { party: string; hash: Uint8Array }[];
}

export const TICK_VERSION = "openline/tick/v1";

const WORD = /^[A-Z][A-Z_]{0,31}$/;
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;
const SOURCE = /^[a-z][a-z0-9-]{0,31}$/;
const PEERS_MAX = 31;
const SCOPES_MAX = 32;

const wrong = (): Fault => new Fault("A tick has not the form of one.");

/** Reads rows one after another, each by its first word. */
class Rows {
  private readonly rows: string[];
  private at = 0;

  constructor(text: string) {
    this.rows = text.split("\n");
    if (this.rows.pop() !== "") throw wrong();
  }

  one(word: string, count: number): string[] {
    const [first, ...words] = (this.rows[this.at++] ?? "").split(" ");
    if (first !== word || words.length !== count || words.some((one) => one === "")) throw wrong();
    return words;
  }

  several(word: string, count: number, most: number): string[][] {
    const found: string[][] = [];
    while (this.rows[this.at]?.split(" ")[0] === word) found.push(this.one(word, count));
    const isInOrder = found.every(
      (row, i) => i === 0 || compareTexts(found[i - 1]![0]!, row[0]!) < 0,
    );
    if (found.length > most || !isInOrder) throw wrong();
    return found;
  }

  end(): void {
    if (this.at !== this.rows.length) throw wrong();
  }
}

function number(word: string): bigint {
  const found = parseNumber(word);
  if (found === null) throw wrong();
  return found;
}

function hash(word: string): Uint8Array {
  const found = unbase64(word);
  if (found === null || found.length !== 32) throw wrong();
  return found;
}

/** An outbox on the line, with the party that it is of. */
function logOf([origin, size, root]: string[], line: string): { party: string; head: Head } {
  const named = parseOrigin(origin!);
  if (named === null || named.line !== line || named.log !== "out") throw wrong();
  return { party: named.party, head: parseHead(origin!, size!, root!) };
}

export function parseTick(text: string): Tick {
  const rows = new Rows(text);
  rows.one(TICK_VERSION, 0);
  const [line] = rows.one("line", 1) as [string];
  const [party] = rows.one("party", 1) as [string];
  if (!isLine(line) || !isParty(party)) throw wrong();
  const sequence = number(rows.one("sequence", 1)[0]!);
  const at = number(rows.one("time", 1)[0]!);
  const out = logOf(rows.one("out", 3), line);
  const held = rows.several("held", 3, PEERS_MAX).map((row) => logOf(row, line));
  if (out.party !== party || held.some((one) => one.party === party)) throw wrong();
  if (!WORD.test(rows.one("observed", 1)[0]!)) throw wrong();
  for (const [scope, state] of rows.several("declared", 2, SCOPES_MAX))
    if (!NAME.test(scope!) || !WORD.test(state!)) throw wrong();
  const [source, error] = rows.one("clock", 2);
  if (!SOURCE.test(source!)) throw wrong();
  number(error!);
  const previous = hash(rows.one("previous", 1)[0]!);
  const heard = rows.several("heard", 2, PEERS_MAX).map(([who, what]) => {
    if (!isParty(who!) || who === party) throw wrong();
    return { party: who!, hash: hash(what!) };
  });
  rows.end();
  const heads = held.map((one) => one.head);
  return { line, party, sequence, at, out: out.head, held: heads, previous, heard };
}

/** Whether a tick is signed by its author with these keys, and by nobody else. */
export function isSignedTick(note: Note, tick: Tick, keys: Keys): boolean {
  const rows = rowsBy(note, `${tick.party}/${tick.line}/tick`, 1, keys.ed25519);
  return (
    note.rows.length === 1 &&
    rows.some((row) => verifyEd25519(keys.ed25519, utf8(note.text), row.signature))
  );
}

export const tickHash = (text: string): Uint8Array => sha256(utf8(text));
