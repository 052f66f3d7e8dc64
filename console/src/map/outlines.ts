// The outline of a volume on the map: a circle by the ellipsoid, a corridor and a widened polygon
// with round corners. Rings of places, the first not repeated at the end.

import { destination, way, type Place } from "./geodesy";
import type { Volume } from "./volumes";

/** Corners of a round end: enough that a circle of a hundred pixels is round. */
const CIRCLE_CORNERS = 72;
const CORNER_DEG = 15;
/** A longer edge is drawn with points in between, for it follows a great circle. */
const EDGE_M_MAX = 100_000;
const POINTS_MAX = 64;

export function circle(centre: Place, radiusM: number, corners = CIRCLE_CORNERS): Place[] {
  return Array.from({ length: corners }, (_, n) =>
    destination(centre, (360 * n) / corners, radiusM),
  );
}

export function outlineOf(volume: Pick<Volume, "shape" | "vertices" | "radiusM">): Place[] {
  const { shape, vertices, radiusM } = volume;
  const first = vertices[0];
  if (!first) return [];
  if (shape === "CIRCLE" || vertices.length < 2) return circle(first, radiusM);
  if (shape === "CORRIDOR") {
    const there = beside(vertices, radiusM, false);
    return [...there, ...beside([...vertices].reverse(), radiusM, false)];
  }
  if (radiusM === 0) return line([...vertices, first]).slice(0, -1);
  return beside(isClockwise(vertices) ? [...vertices].reverse() : vertices, radiusM, true);
}

/** The line through these places, with points on its long edges. */
export function line(places: Place[]): Place[] {
  const found: Place[] = [];
  places.forEach((to, n) => {
    const from = places[n - 1];
    const far = from ? way(from, to) : null;
    if (from && far && far.lengthM > EDGE_M_MAX) {
      const count = Math.min(Math.ceil(far.lengthM / EDGE_M_MAX), POINTS_MAX);
      for (let step = 1; step < count; step += 1) {
        found.push(destination(from, far.bearingDeg, (far.lengthM * step) / count));
      }
    }
    found.push(to);
  });
  return found;
}

/** What runs to the right of a line at a distance; an open line ends with half a circle. */
function beside(places: Place[], radiusM: number, isRing: boolean): Place[] {
  const found: Place[] = [];
  const count = places.length;
  for (let n = isRing ? 0 : 1; n < count; n += 1) {
    const here = places[n] as Place;
    const before = places[(n - 1 + count) % count] as Place;
    const after = isRing || n < count - 1 ? (places[(n + 1) % count] as Place) : before;
    const came = ((way(here, before)?.bearingDeg ?? 0) + 180) % 360;
    const goes = way(here, after)?.bearingDeg ?? came;
    if (n === 1 && !isRing) {
      const start = way(before, here)?.bearingDeg ?? came;
      found.push(destination(before, start + 90, radiusM));
    }
    // How far the line turns here; to the left is outside of the right side.
    const turn = ((goes - came + 540) % 360) - 180;
    if (!isRing && n === count - 1) {
      found.push(...arc(here, came + 90, came - 90, radiusM));
    } else if (turn <= 0) {
      found.push(...arc(here, came + 90, came + 90 + turn, radiusM));
    } else {
      const half = Math.min(turn / 2, 75);
      const far = radiusM / Math.cos((half * Math.PI) / 180);
      found.push(destination(here, came + 90 + turn / 2, far));
    }
  }
  return found;
}

/** Places round a corner, from one bearing back to another that is not greater. */
function arc(centre: Place, from: number, until: number, radiusM: number): Place[] {
  const steps = Math.max(1, Math.ceil((from - until) / CORNER_DEG));
  return Array.from({ length: steps + 1 }, (_, n) =>
    destination(centre, from + ((until - from) * n) / steps, radiusM),
  );
}

/** Whether the corners go round with the sun, as the map shows them. */
function isClockwise(ring: Place[]): boolean {
  const twice = ring.reduce((sum, one, n) => {
    const next = ring[(n + 1) % ring.length] as Place;
    return sum + (next.lon - one.lon) * (next.lat + one.lat);
  }, 0);
  return twice > 0;
}
