// Gathers what the map shows from the tables of a line. Each row of a table becomes a thing once:
// a row that has changed is another object.

import { part, read } from "../api/client";
import type { Private } from "../api/things";
import type { Line } from "../state/line.svelte";
import type { InHand } from "../state/selection.svelte";
import type { Named } from "./places";
import {
  clashOf,
  ofMovement,
  ofNotice,
  ofPrivate,
  ofSite,
  ofZone,
  thingKey,
  type Clash,
  type Thing,
} from "./things";

/** Plans of our own whose volumes are read; there are few, and each is asked for alone. */
const PLANS_MAX = 200;

type Content = Record<string, unknown> | null;

export class Gathered {
  private readonly made = new WeakMap<object, Thing[]>();
  private plans = $state.raw<ReadonlyMap<string, Content>>(new Map());
  /** Plans that were asked for, so that none is asked for twice. */
  private readonly asked = new Set<string>();

  readonly things = $derived.by((): Thing[] => {
    const { line } = this;
    const { own } = line;
    return [
      ...line.zones.all.flatMap((one) => this.once(one, () => ofZone(one, own))),
      ...line.sites.all.flatMap((one) => this.once(one, () => ofSite(one, own))),
      ...line.notices.all.flatMap((one) => this.once(one, () => ofNotice(one, own))),
      ...line.movements.all.flatMap((one) => this.once(one, () => ofMovement(one, own))),
      ...line.privates.all.flatMap((one) => {
        const content = this.plans.get(planKey(one));
        return content ? this.once(one, () => ofPrivate(one, content, own)) : [];
      }),
    ];
  });

  readonly byKey = $derived(new Map(this.things.map((one) => [thingKey(one), one])));

  readonly clashes = $derived.by((): Clash[] =>
    this.line.conflicts.all.map((one) => clashOf(one, (key) => this.byKey.get(key))),
  );

  constructor(private readonly line: Line) {}

  /** Read the volumes of plans of our own that are not known yet. */
  readPlans(): void {
    for (const plan of this.line.privates.all.slice(-PLANS_MAX)) {
      const key = planKey(plan);
      if (!plan.is_live || this.asked.has(key)) continue;
      this.asked.add(key);
      read<{ content: Content }>(`${this.line.path}/private/${part(plan.name)}`).then(
        (whole) => (this.plans = new Map(this.plans).set(key, whole.content)),
        () => this.asked.delete(key),
      );
    }
  }

  /** What on the map the thing in hand is about, as keys: of a message, what it announces. */
  keysOf(hand: InHand | null): string[] {
    if (!hand) return [];
    if (hand.sort === "conflict") {
      const clash = this.clashes.find((one) => one.key === hand.key);
      return [`conflict ${hand.key}`, ...(clash?.sides ?? [])];
    }
    if (hand.sort === "message") {
      const [party, , index] = hand.key.split("/");
      return this.announcedBy(party ?? "", Number(index));
    }
    if (hand.sort === "matter") {
      const matter = this.line.matters.get(hand.key);
      return matter ? this.announcedBy(matter.party, matter.index) : [];
    }
    return [`${hand.sort} ${hand.key}`];
  }

  private announcedBy(party: string, index: number): string[] {
    const { line } = this;
    const isIt = (one: { party: string; index: number }): boolean =>
      one.party === party && one.index === index;
    const notice = line.notices.all.find(
      (one) => isIt(one) || (one.party === party && one.versions.some((v) => v.index === index)),
    );
    const zone = line.zones.all.find(isIt);
    const movement = line.movements.all.find(isIt);
    return [
      ...(notice ? [`notice ${notice.party}/${notice.notice_id}`] : []),
      ...(zone ? [`zone ${zone.party}/${zone.zone_id}`] : []),
      ...(movement ? [`movement ${movement.party}/${movement.movement_id}`] : []),
      ...line.sites.all.filter(isIt).map((one) => `site ${one.party}/${one.site_id}`),
    ];
  }

  private once<T extends object>(row: T, make: () => Thing[]): Thing[] {
    const found = this.made.get(row) ?? make();
    this.made.set(row, found);
    return found;
  }
}

const planKey = (plan: Private): string => `${plan.name} ${plan.version}`;

interface PlaceJson {
  name: string;
  titles: Record<string, string>;
  lat_e7: number;
  lon_e7: number;
}

/** The reference points of the line's Understanding, called as the officer's language has them. */
export async function readPlaces(line: Line, language: string): Promise<Named[]> {
  const { places } = await read<{ places: PlaceJson[] }>(`${line.path}/places`);
  return places.map((one) => ({
    name: one.titles[language] ?? one.titles["en"] ?? one.name,
    place: { lat: one.lat_e7 / 1e7, lon: one.lon_e7 / 1e7 },
    isAgreed: true,
  }));
}
