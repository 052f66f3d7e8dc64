// What the map and the timeline show: notices, zones, sites, movements, plans of our own, and
// conflicts, each with its parts in space and time. Made from the tables of a line, once for each
// version of each thing.

import type {
  Conflict,
  ImportedActivity,
  Movement,
  Notice,
  Private,
  Site,
  Zone,
} from "../api/things";
import { parseDuration } from "../state/duration";
import type { Sort } from "../state/selection.svelte";
import { bandOf, type Range } from "./altitudes";
import { outlineOf } from "./outlines";
import { way, type Place } from "./geodesy";
import { isInForce, placeOf, volumesOf, type Vertex, type Volume } from "./volumes";

/** Whose it is, as the frame, the dash and the colour say it. */
export type Side = "own" | "other" | "third" | "unknown";

export interface Waypoint {
  place: Place;
  arrives: number;
  leaves: number;
  name: string;
}

export interface Thing {
  sort: Sort;
  key: string;
  side: Side;
  party: string;
  /** Its id, or what it is called; written by people. */
  title: string;
  /** What acts or is there: air, ground, presence. */
  kind: string;
  rule: string;
  isExercise: boolean;
  isPrivate: boolean;
  parts: Volume[];
  /** Of a movement, where it goes and when; else empty. */
  route: Waypoint[];
  /** From the first beginning to the last end of its parts. */
  from: number;
  until: number;
  band: Range;
}

export const thingKey = (one: { sort: string; key: string }): string => `${one.sort} ${one.key}`;

type Content = Record<string, unknown> | null;

function thing(
  sort: Sort,
  key: string,
  rest: Partial<Thing> & Pick<Thing, "side" | "party" | "title" | "parts">,
): Thing[] {
  const { parts } = rest;
  if (parts.length === 0) return [];
  const bands = parts.map(bandOf);
  return [
    {
      sort,
      key,
      kind: "",
      rule: "",
      isExercise: false,
      isPrivate: false,
      route: [],
      from: Math.min(...parts.map((one) => one.from)),
      until: Math.max(...parts.map((one) => one.until)),
      band: [Math.min(...bands.map((one) => one[0])), Math.max(...bands.map((one) => one[1]))],
      ...rest,
    },
  ];
}

function sideOf(party: string, own: string, content: Content): Side {
  const speaksFor = content?.["speaks_for"];
  if (speaksFor !== undefined && speaksFor !== "OWN") return "third";
  if (!party) return "unknown";
  return party === own ? "own" : "other";
}

export function ofNotice(notice: Notice, own: string): Thing[] {
  if (!notice.is_live) return [];
  return thing("notice", `${notice.party}/${notice.notice_id}`, {
    side: sideOf(notice.party, own, notice.content),
    party: notice.party,
    title: notice.notice_id,
    kind: notice.kind,
    isExercise: notice.exercise,
    parts: volumesOf(notice.content),
  });
}

export function ofZone(zone: Zone, own: string): Thing[] {
  if (zone.state === "CANCELLED" || zone.state === "EXPIRED") return [];
  return thing("zone", `${zone.party}/${zone.zone_id}`, {
    side: sideOf(zone.party, own, zone.content),
    party: zone.party,
    title: zone.name || zone.zone_id,
    rule: zone.rule,
    isExercise: zone.exercise,
    parts: volumesOf(zone.content),
  });
}

export function ofSite(site: Site, own: string): Thing[] {
  const position = site.content?.["position"] as Vertex | undefined;
  if (site.is_removed || !position) return [];
  const part: Volume = {
    shape: "CIRCLE",
    vertices: [placeOf(position)],
    radiusM: Number(site.content?.["radius_m"] ?? 0),
    lower: null,
    upper: null,
    from: site.listed_at ?? -Infinity,
    until: Infinity,
  };
  return thing("site", `${site.party}/${site.site_id}`, {
    side: sideOf(site.party, own, site.content),
    party: site.party,
    title: site.name || site.site_id,
    kind: site.kind,
    isExercise: site.exercise,
    parts: [part],
  });
}

interface WaypointJson {
  position: Vertex;
  arrives_at: string;
  leaves_at: string;
  name?: string;
  via?: Vertex[];
}

export function ofMovement(movement: Movement, own: string): Thing[] {
  const content = movement.content;
  const route = content?.["route"];
  if (!movement.is_live || !Array.isArray(route)) return [];
  const stops = route as WaypointJson[];
  const radiusM = Number(content?.["half_width_m"] ?? 1_000);
  const tolerance = parseDuration(String(content?.["tolerance"])) ?? 0;
  const bounds = {
    lower: (content?.["lower"] ?? null) as Volume["lower"],
    upper: (content?.["upper"] ?? null) as Volume["upper"],
  };
  // As the node does: a corridor for each leg, a circle for each stop, wider by the tolerance.
  const parts = stops.flatMap((one, n): Volume[] => {
    const here = placeOf(one.position);
    const [arrives, leaves] = [Date.parse(one.arrives_at), Date.parse(one.leaves_at)];
    const found: Volume[] = [];
    if (leaves > arrives) {
      const window = { from: arrives - tolerance, until: leaves + tolerance };
      found.push({ shape: "CIRCLE", vertices: [here], radiusM, ...bounds, ...window });
    }
    const next = stops[n + 1];
    if (next) {
      const vertices = [here, ...(one.via ?? []).map(placeOf), placeOf(next.position)];
      const window = { from: leaves - tolerance, until: Date.parse(next.arrives_at) + tolerance };
      found.push({ shape: "CORRIDOR", vertices, radiusM, ...bounds, ...window });
    }
    return found;
  });
  return thing("movement", `${movement.party}/${movement.movement_id}`, {
    side: sideOf(movement.party, own, content),
    party: movement.party,
    title: movement.movement_id,
    kind: movement.kind,
    isExercise: movement.exercise,
    parts,
    route: stops.flatMap((one) => [
      {
        place: placeOf(one.position),
        arrives: Date.parse(one.arrives_at),
        leaves: Date.parse(one.leaves_at),
        name: one.name ?? "",
      },
      ...(one.via ?? []).map((via) => ({
        place: placeOf(via),
        arrives: NaN,
        leaves: NaN,
        name: "",
      })),
    ]),
  });
}

/** A plan of our own; its volumes are read one by one, for the list leaves them out. */
export function ofPrivate(plan: Private, content: Content, own: string): Thing[] {
  if (!plan.is_live) return [];
  return thing("private", plan.name, {
    side: "own",
    party: own,
    title: plan.name,
    kind: plan.kind,
    rule: plan.rule,
    isExercise: plan.exercise,
    isPrivate: true,
    parts: volumesOf(content),
  });
}

/** A draft that was read from a file; it is drawn whenever it holds. */
export function ofImported(draft: ImportedActivity, own: string): Thing[] {
  const parts = volumesOf(draft.fields).map((one) => ({
    ...one,
    from: -Infinity,
    until: Infinity,
  }));
  const title = draft.name || String(draft.number);
  return thing("imported", String(draft.number), {
    side: "own",
    party: own,
    title,
    parts,
    isPrivate: true,
  });
}

/** Where a movement is at an instant if it keeps to its times; null before and after. */
export function placeAt(route: readonly Waypoint[], at: number): Place | null {
  const timed = route.findIndex((one) => one.arrives > at);
  const last = route.at(-1);
  if (timed < 0) return last && at < last.leaves ? last.place : null;
  let start = timed - 1;
  while (start >= 0 && Number.isNaN(route[start]?.arrives)) start -= 1;
  const from = route[start];
  const to = route[timed];
  if (!from || !to || at < from.arrives) return null;
  if (at <= from.leaves) return from.place;
  const share = (at - from.leaves) / (to.arrives - from.leaves);
  return along(
    route.slice(start, timed + 1).map((one) => one.place),
    share,
  );
}

/** The place at a share of the way through these places. */
function along(places: Place[], share: number): Place | null {
  const lengths = places.slice(1).map((to, n) => way(places[n] as Place, to)?.lengthM ?? 0);
  let left = share * lengths.reduce((sum, one) => sum + one, 0);
  for (const [n, length] of lengths.entries()) {
    const [from, to] = [places[n] as Place, places[n + 1] as Place];
    if (left <= length) {
      const part = length > 0 ? left / length : 0;
      return {
        lat: from.lat + (to.lat - from.lat) * part,
        lon: from.lon + (to.lon - from.lon) * part,
      };
    }
    left -= length;
  }
  return places.at(-1) ?? null;
}

export interface Clash {
  key: string;
  at: Place;
  /** The ends of the shortest line between both; null where they overlap. */
  ends: [Place, Place] | null;
  separationM: number;
  from: number;
  until: number;
  isPrivate: boolean;
  isExercise: boolean;
  /** Keys of the two things, as `thingKey` writes them. */
  sides: string[];
}

/** How conflicts call a thing: the sort stands before the id, but for a notice. */
export function sideKey(party: string, id: string): string {
  const [, sort, name] = /^(movement|site|zone|private)\/(.*)$/.exec(id) ?? [];
  if (!sort || name === undefined) return `notice ${party}/${id}`;
  if (sort === "private") return `private ${name}`;
  return `${sort} ${party}/${sort === "zone" ? name.replace(/\/\d+$/, "") : name}`;
}

export function clashOf(conflict: Conflict, of: (key: string) => Thing | undefined): Clash {
  const at = placeOf(conflict.closest as unknown as Vertex);
  const sides = conflict.sides.map((one) => sideKey(one.party, one.notice_id));
  const parts = conflict.sides.map((one, n) => of(sides[n] as string)?.parts[one.volume - 1]);
  const [one, other] = parts.map((part) => (part ? nearest(part, at) : null));
  return {
    key: conflict.id,
    at,
    ends: conflict.separation_m > 0 && one && other ? [one, other] : null,
    separationM: conflict.separation_m,
    from: conflict.overlap_from,
    until: conflict.overlap_until,
    isPrivate: conflict.private,
    isExercise: conflict.exercise,
    sides,
  };
}

/** The place of a volume's outline that lies nearest to a place beside it. */
export function nearest(part: Volume, to: Place): Place {
  const ring = outlineOf(part);
  const scale = Math.cos((to.lat * Math.PI) / 180);
  let best = ring[0] as Place;
  let least = Infinity;
  ring.forEach((from, n) => {
    const next = ring[(n + 1) % ring.length] as Place;
    const [x1, y1] = [(from.lon - to.lon) * scale, from.lat - to.lat];
    const [dx, dy] = [(next.lon - from.lon) * scale, next.lat - from.lat];
    const squared = dx * dx + dy * dy;
    const share = squared > 0 ? Math.min(1, Math.max(0, -(x1 * dx + y1 * dy) / squared)) : 0;
    const far = Math.hypot(x1 + share * dx, y1 + share * dy);
    if (far < least) {
      least = far;
      best = {
        lat: from.lat + share * (next.lat - from.lat),
        lon: from.lon + share * (next.lon - from.lon),
      };
    }
  });
  return best;
}

/** What is to be shown: all of a span of time, or only what is in force at an instant. */
export interface Filter {
  from: number;
  until: number;
  /** The instant looked at; null for all of the span. */
  at: number | null;
  band: Range;
}

export function isShown(one: { from: number; until: number }, filter: Filter): boolean {
  if (filter.at !== null) return isInForce(one, filter.at);
  return one.from < filter.until && one.until > filter.from;
}
