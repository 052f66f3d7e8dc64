// Volumes as the node tells them: where, how high and when. Positions in 1e-7 degree.

import type { Place } from "./geodesy";

export type Shape = "CIRCLE" | "CORRIDOR" | "POLYGON";
export type Datum = "AMSL" | "AGL" | "FLIGHT_LEVEL" | "WGS84";

export interface Altitude {
  datum: Datum;
  /** Decimetres; of a flight level its number. */
  value: number;
}

export interface Vertex {
  lat_e7: number;
  lon_e7: number;
}

/** A volume in the API's own form, as a notice, a zone or a plan of one's own has it. */
export interface VolumeJson {
  shape: Shape;
  vertices: Vertex[];
  radius_m: number;
  lower?: Altitude;
  upper?: Altitude;
  valid_from?: string;
  valid_until?: string;
}

export interface Volume {
  shape: Shape;
  vertices: Place[];
  radiusM: number;
  lower: Altitude | null;
  upper: Altitude | null;
  /** A window [from, until) in UTC milliseconds; without an end it is Infinity. */
  from: number;
  until: number;
}

/** What the node gives as the end of what has none: the year 9999. */
const WITHOUT_END_MS = Date.UTC(9999, 0);

export const placeOf = (vertex: Vertex): Place => ({
  lat: vertex.lat_e7 / 1e7,
  lon: vertex.lon_e7 / 1e7,
});

export const vertexOf = (place: Place): Vertex => ({
  lat_e7: Math.round(place.lat * 1e7),
  lon_e7: Math.round(place.lon * 1e7),
});

/** The volumes in the fields of a message; what is no volume is left out. */
export function volumesOf(content: Record<string, unknown> | null): Volume[] {
  const held = content?.["volumes"];
  return Array.isArray(held) ? held.flatMap((one) => volumeOf(one as Partial<VolumeJson>)) : [];
}

export function volumeOf(json: Partial<VolumeJson>): Volume[] {
  const { shape, vertices } = json;
  if (!shape || !Array.isArray(vertices) || vertices.length === 0) return [];
  return [
    {
      shape,
      vertices: vertices.map(placeOf),
      radiusM: json.radius_m ?? 0,
      lower: json.lower ?? null,
      upper: json.upper ?? null,
      from: instantOf(json.valid_from, -Infinity),
      until: instantOf(json.valid_until, Infinity),
    },
  ];
}

function instantOf(text: unknown, open: number): number {
  const at = typeof text === "string" ? Date.parse(text) : NaN;
  if (Number.isNaN(at) || at >= WITHOUT_END_MS) return open;
  return at <= 0 ? -Infinity : at;
}

/** Whether it is in force at an instant. */
export const isInForce = (one: { from: number; until: number }, at: number): boolean =>
  one.from <= at && at < one.until;
