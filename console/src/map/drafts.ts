// A volume as it is being written: what stands in each field, and what is wrong with it. Only one
// without faults becomes a volume of the API.

import { mark } from "../state/words.svelte";
import { dtg } from "../state/clock.svelte";
import { FOOT_M } from "./altitudes";
import {
  EntryFault,
  enteredInstant,
  parsePlace,
  positionText,
  type Format,
  type Reference,
} from "./coordinates";
import { NM_M, way, type Place } from "./geodesy";
import { placeOf, vertexOf, type Altitude, type Datum, type VolumeJson } from "./volumes";

/** An orbit is the corridor between its two ends. */
export type Form = "CIRCLE" | "POLYGON" | "CORRIDOR" | "ORBIT";

export const FORMS: readonly Form[] = ["CIRCLE", "POLYGON", "CORRIDOR", "ORBIT"];

/** How many vertices a form has. */
export const VERTICES: Record<Form, readonly [least: number, most: number]> = {
  CIRCLE: [1, 1],
  POLYGON: [3, 500],
  CORRIDOR: [2, 500],
  ORBIT: [2, 2],
};

/** What a bound is counted in: a unit and a datum, or none at all. */
export const COUNTS = ["", "FL", "ft AMSL", "m AMSL", "ft AGL", "m AGL", "m WGS84"] as const;
export type Count = (typeof COUNTS)[number];

export interface Bound {
  count: Count;
  value: string;
}

export const LENGTHS = { NM: NM_M, km: 1_000, m: 1 } as const;
export type Length = keyof typeof LENGTHS;

export interface Draft {
  form: Form;
  vertices: string[];
  radius: string;
  radiusUnit: Length;
  lower: Bound;
  upper: Bound;
  from: string;
  until: string;
}

export const RADIUS_M_MAX = 500_000;
const ALTITUDE_DM_MIN = -10_000;
const ALTITUDE_DM_MAX = 10_000_000;

export type Faults = Record<string, EntryFault>;

export interface Made {
  /** The volume, if nothing is wrong with it. */
  volume: VolumeJson | null;
  /** What of it can be drawn: the places that are understood. */
  places: (Place | null)[];
  radiusM: number;
  /** By the field as the API names it within a volume: `vertices[2]`, `lower`. */
  faults: Faults;
}

export function emptyDraft(form: Form, like?: Draft): Draft {
  return {
    form,
    vertices: Array<string>(VERTICES[form][0]).fill(""),
    radius: form === "POLYGON" ? "0" : "",
    radiusUnit: like?.radiusUnit ?? "NM",
    lower: like ? { ...like.lower } : { count: "", value: "" },
    upper: like ? { ...like.upper } : { count: "", value: "" },
    from: like?.from ?? "",
    until: like?.until ?? "",
  };
}

export function draftOf(volume: VolumeJson, format: Format): Draft {
  const [radius, radiusUnit] = lengthOf(volume.radius_m);
  return {
    form: volume.shape,
    vertices: volume.vertices.map((vertex) => positionText(placeOf(vertex), format)),
    radius,
    radiusUnit,
    lower: boundOf(volume.lower),
    upper: boundOf(volume.upper),
    from: volume.valid_from ? instantText(volume.valid_from) : "",
    until: volume.valid_until ? instantText(volume.valid_until) : "",
  };
}

/** Whole minutes as a date-time group; what is finer stays as it was written. */
function instantText(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) || at % 60_000 !== 0 ? text : dtg(at);
}

/** A length in the largest unit in which it has no more than one place behind the point. */
function lengthOf(metres: number): [string, Length] {
  for (const unit of ["NM", "km"] as const) {
    const value = metres / LENGTHS[unit];
    if (metres > 0 && Math.abs(value * 10 - Math.round(value * 10)) < 1e-9) {
      return [String(Math.round(value * 10) / 10), unit];
    }
  }
  return [String(metres), "m"];
}

function boundOf(altitude: Altitude | undefined): Bound {
  if (!altitude) return { count: "", value: "" };
  const { datum, value } = altitude;
  if (datum === "FLIGHT_LEVEL") return { count: "FL", value: String(value) };
  const feet = value / 10 / FOOT_M;
  const isFeet = datum !== "WGS84" && Math.round(Math.round(feet) * FOOT_M * 10) === value;
  if (isFeet && value % 100 !== 0)
    return { count: `ft ${datum}` as Count, value: String(Math.round(feet)) };
  return { count: `m ${datum}` as Count, value: String(value / 10) };
}

/** The volume that a draft writes, or what is wrong with it. */
export function make(draft: Draft, references: readonly Reference[], now: number): Made {
  const faults: Faults = {};
  const attempt = <T>(field: string, act: () => T): T | null => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      faults[field] = error;
      return null;
    }
  };
  const places = draft.vertices.map((text, n) =>
    attempt(`vertices[${n}]`, () => parsePlace(text, references)),
  );
  places.forEach((place, n) => {
    const before = places[n - 1];
    if (place && before && way(before, place)?.lengthM === 0) {
      faults[`vertices[${n}]`] ??= new EntryFault(mark("This repeats the position before it."));
    }
  });
  const [least, most] = VERTICES[draft.form];
  if (draft.vertices.length < least || draft.vertices.length > most) {
    faults["vertices"] = new EntryFault(mark("It needs {least} to {most} positions."), {
      least,
      most,
    });
  }
  const radiusM = attempt("radius_m", () => parseRadius(draft)) ?? 0;
  const lower = attempt("lower", () => parseBound(draft.lower));
  const upper = attempt("upper", () => parseBound(draft.upper));
  if (lower && upper && lower.datum === upper.datum && lower.value >= upper.value) {
    faults["upper"] = new EntryFault(mark("The upper bound is not above the lower one."));
  }
  const from = attempt("valid_from", () => enteredInstant(draft.from, now));
  const until = attempt("valid_until", () => enteredInstant(draft.until, now));
  if (from !== null && until !== null && until <= from) {
    faults["valid_until"] = new EntryFault(mark("The window ends before it begins."));
  }
  if (Object.keys(faults).length > 0 || from === null || until === null) {
    return { volume: null, places, radiusM, faults };
  }
  const volume: VolumeJson = {
    shape: draft.form === "ORBIT" ? "CORRIDOR" : draft.form,
    vertices: places.filter((place) => place !== null).map(vertexOf),
    radius_m: radiusM,
    ...(lower ? { lower } : {}),
    ...(upper ? { upper } : {}),
    valid_from: new Date(from).toISOString(),
    valid_until: new Date(until).toISOString(),
  };
  return { volume, places, radiusM, faults };
}

function parseRadius(draft: Draft): number {
  const metres = Math.round(numberOf(draft.radius) * LENGTHS[draft.radiusUnit]);
  if (metres === 0 && draft.form !== "POLYGON") {
    throw new EntryFault(mark("Say how far it reaches: a radius above 0."));
  }
  if (metres < 0 || metres > RADIUS_M_MAX) {
    throw new EntryFault(mark("A radius is 0 to {most} km."), { most: RADIUS_M_MAX / 1_000 });
  }
  return metres;
}

function parseBound(bound: Bound): Altitude | null {
  if (bound.count === "") return null;
  const value = numberOf(bound.value);
  if (bound.count === "FL") {
    if (!Number.isInteger(value) || value < 0 || value > 999) {
      throw new EntryFault(mark("A flight level is a whole number from 0 to 999."));
    }
    return { datum: "FLIGHT_LEVEL", value };
  }
  const [unit, datum] = bound.count.split(" ") as ["ft" | "m", Datum];
  const dm = Math.round(value * (unit === "ft" ? FOOT_M : 1) * 10);
  if (dm < ALTITUDE_DM_MIN || dm > ALTITUDE_DM_MAX) {
    throw new EntryFault(mark("{value} is no altitude of this world."), {
      value: `${bound.value} ${unit}`,
    });
  }
  return { datum, value: dm };
}

function numberOf(text: string): number {
  const plain = text.trim();
  if (plain === "") throw new EntryFault(mark("Write a number."), {}, true);
  if (!/^-?\d{1,9}(\.\d{1,3})?$/.test(plain)) {
    throw new EntryFault(mark("{text} is no number."), { text: plain.slice(0, 20) });
  }
  return Number(plain);
}
