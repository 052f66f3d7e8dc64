// What ticks prove of a window: docs/spec/tick-and-silence.md, section 4. The subject's own clock
// is never used. Signatures were verified before.
import { equal, hex } from "./bytes.ts";
import { say, type Sentence } from "./fault.ts";
import { parseOrigin } from "./names.ts";
import type { Tick } from "./tick.ts";

/** Verified ticks of one line by the hexadecimal digits of their hashes. */
export type Web = ReadonlyMap<string, Tick>;

export type Finding =
  | { readonly is: "SILENT"; readonly first: Dated; readonly last: Dated }
  | { readonly is: "USED"; readonly first: Dated; readonly last: Dated }
  | { readonly is: "UNPROVEN"; readonly why: Sentence };

export interface Dated {
  readonly tick: Tick;
  readonly anchor: Tick;
}

const epochOf = (tick: Tick): number => parseOrigin(tick.out.origin)!.epoch;

/** Below 0 where the first says less: by outbox, size and number. */
function compareSaid(a: Tick, b: Tick): number {
  if (epochOf(a) !== epochOf(b)) return epochOf(a) - epochOf(b);
  if (a.out.size !== b.out.size) return a.out.size < b.out.size ? -1 : 1;
  return a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0;
}

const sameHead = (a: Tick, b: Tick): boolean =>
  a.out.origin === b.out.origin && a.out.size === b.out.size && equal(a.out.root, b.out.root);

class Ticks {
  readonly own: Tick[];
  private readonly web: Web;
  private readonly party: string;
  private readonly tolerance: bigint;
  /** Each anchor with the ticks of the subject that name it. */
  private readonly anchors: { anchor: Tick; namers: Tick[] }[];

  constructor(party: string, tolerance: bigint, web: Web) {
    this.party = party;
    this.tolerance = tolerance;
    this.web = web;
    this.own = [...web.values()].filter((tick) => tick.party === party);
    const byHash = new Map<string, Tick[]>();
    for (const tick of this.own)
      for (const { party: other, hash } of tick.heard)
        if (web.get(hex(hash))?.party === other && other !== party)
          byHash.set(hex(hash), [...(byHash.get(hex(hash)) ?? []), tick]);
    this.anchors = [...byHash].map(([name, namers]) => ({ anchor: web.get(name)!, namers }));
  }

  /** Of the ticks that an anchor shows to be before the instant, the one that says most. */
  before(at: bigint): Dated | null {
    let found: Dated | null = null;
    for (const { anchor } of this.anchors) {
      if (anchor.at > at - this.tolerance) continue;
      const named = anchor.heard.find(({ party }) => party === this.party);
      const tick = named === undefined ? undefined : this.web.get(hex(named.hash));
      if (tick?.party !== this.party) continue;
      if (found === null || compareSaid(tick, found.tick) > 0) found = { tick, anchor };
    }
    return found;
  }

  /** Of the ticks that name an anchor from after the instant, the one that says least. */
  after(at: bigint): Dated | null {
    let found: Dated | null = null;
    for (const { anchor, namers } of this.anchors) {
      if (anchor.at < at + this.tolerance) continue;
      for (const tick of namers)
        if (found === null || compareSaid(tick, found.tick) < 0) found = { tick, anchor };
    }
    return found;
  }

  contradiction(): Sentence | null {
    const roots = new Map<string, Uint8Array>();
    for (const { out } of this.own) {
      const name = `${out.origin} ${out.size}`;
      if (!equal(roots.get(name) ?? out.root, out.root)) return contradicts(this.party);
      roots.set(name, out.root);
    }
    for (const tick of this.own) {
      const previous = this.web.get(hex(tick.previous));
      if (
        previous !== undefined &&
        previous.out.origin === tick.out.origin &&
        previous.out.size > tick.out.size
      )
        return contradicts(this.party);
      for (const { hash } of tick.heard)
        for (const held of this.web.get(hex(hash))?.held ?? [])
          if (this.contradictsHeld(tick, held, roots)) return contradicts(this.party);
    }
    return null;
  }

  private contradictsHeld(
    tick: Tick,
    held: { origin: string; size: bigint; root: Uint8Array },
    roots: Map<string, Uint8Array>,
  ): boolean {
    const origin = parseOrigin(held.origin)!;
    if (origin.party !== this.party) return false;
    if (held.origin !== tick.out.origin) return origin.epoch > epochOf(tick);
    const root = roots.get(`${held.origin} ${held.size}`) ?? held.root;
    return held.size > tick.out.size || !equal(root, held.root);
  }
}

const contradicts = (party: string): Sentence =>
  say("Ticks of {party} and of those it heard contradict each other.", { party });

/** Whether the later one of two dated ticks says less. */
function shrinks(earlier: Dated | null, later: Dated | null): boolean {
  if (earlier === null || later === null) return false;
  const [a, b] = [earlier.tick, later.tick];
  return epochOf(b) < epochOf(a) || (epochOf(a) === epochOf(b) && b.out.size < a.out.size);
}

export function judge(
  party: string,
  from: bigint,
  until: bigint,
  tolerance: bigint,
  web: Web,
): Finding {
  const ticks = new Ticks(party, tolerance, web);
  const [first, last] = [ticks.before(from), ticks.after(until)];
  const [start, end] = [ticks.after(from), ticks.before(until)];
  const isWrong = shrinks(first, last) || shrinks(first, start) || shrinks(end, last);
  const why = isWrong ? contradicts(party) : ticks.contradiction();
  if (why !== null) return { is: "UNPROVEN", why };
  if (first !== null && last !== null && sameHead(first.tick, last.tick))
    return { is: "SILENT", first, last };
  if (
    start !== null &&
    end !== null &&
    start.tick.out.origin === end.tick.out.origin &&
    start.tick.out.size < end.tick.out.size
  )
    return { is: "USED", first: start, last: end };
  return {
    is: "UNPROVEN",
    why: say("The ticks in the file do not show whether {party} said something.", { party }),
  };
}
