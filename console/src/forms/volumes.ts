// Volumes between the form's own fields and the editor with the map: what cannot be told exactly is
// left to the fields, and what nobody changed stays exactly as it was.

import type { FormField } from "../api/things";
import type { Altitude, Datum, VolumeJson } from "../map/volumes";
import { altitudeParts, isAltitude, parsePosition } from "./parsing";
import { parseInstant } from "../state/instant";
import { type Point } from "./parsing";
import { isoOf } from "../state/instant";
import { valuesOf, type Beginning, type Value, type Values } from "./values";

const DM_OF_FT = 3.048;
const DM_OF_M = 10;
const SHAPES = ["CIRCLE", "CORRIDOR", "POLYGON"];

/** The volume that stands in the fields, for the editor; undefined if it is not whole. */
export function volumeJson(values: Values, now: number): VolumeJson | undefined {
  const shape = String(values["shape"] ?? "");
  const rows = (values["vertices"] as string[] | undefined) ?? [];
  const vertices = rows.map(parsePosition).filter((one): one is Point => one !== undefined);
  const radius = String(values["radius_m"] ?? "").trim() || "0";
  const from = parseInstant(String(values["valid_from"] ?? ""), now);
  const until = parseInstant(String(values["valid_until"] ?? ""), now);
  const lower = altitudeJson(values["lower"]);
  const upper = altitudeJson(values["upper"]);
  if (!SHAPES.includes(shape) || vertices.length === 0 || vertices.length !== rows.length) return;
  if (!/^\d{1,7}$/.test(radius) || from === undefined || until === undefined) return;
  if (lower === undefined || upper === undefined) return;
  return {
    shape: shape as VolumeJson["shape"],
    vertices,
    radius_m: Number(radius),
    ...(lower ? { lower } : {}),
    ...(upper ? { upper } : {}),
    valid_from: isoOf(from),
    valid_until: isoOf(until),
  };
}

/** Null for no bound, undefined for what is not understood. */
function altitudeJson(value: Value | undefined): Altitude | null | undefined {
  const text = String(value ?? "").trim();
  if (text === "") return null;
  const parts = altitudeParts(text);
  if (!parts || !isAltitude(text)) return undefined;
  const number = Number(parts.number);
  if (parts.unit === "FL") return { datum: "FLIGHT_LEVEL", value: number };
  const value_dm = Math.round(number * (parts.unit === "ft" ? DM_OF_FT : DM_OF_M));
  return { datum: parts.datum as Datum, value: value_dm };
}

/** All of them, or nothing where one is not whole. */
export function volumesJson(values: readonly Value[], now: number): VolumeJson[] | undefined {
  const found = values.map((one) => volumeJson(one as Values, now));
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** Takes what the editor makes back into the form. */
export class Exchange {
  /** What the editor made of each volume that it was given, with that volume. */
  private readonly untouched = new Map<string, Value>();

  constructor(
    private readonly fields: readonly FormField[],
    private readonly begin: Beginning,
    private readonly given: readonly Value[],
  ) {}

  /**
   * The form's values for what the editor holds. The first time it gives what it was given, in its
   * own precision: from then on whatever is the same as then stands as it stood before.
   */
  take(made: readonly VolumeJson[]): Value[] {
    if (this.untouched.size === 0 && made.length === this.given.length) {
      made.forEach((one, number) => {
        const before = this.given[number];
        if (before !== undefined) this.untouched.set(JSON.stringify(one), before);
      });
    }
    return made.map(
      (one) =>
        this.untouched.get(JSON.stringify(one)) ??
        valuesOf(this.fields, one as unknown as Record<string, unknown>, this.begin),
    );
  }
}

/** Faults of a field in the paths that the editor knows: `volumes[0].vertices[2]`. */
export function problemsOf(
  faults: readonly { field: string; what: string; remedy: string }[],
  path: string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { field, what, remedy } of faults) {
    if (!field.startsWith(`${path}[`)) continue;
    const at = `volumes${field.slice(path.length)}`.replace(/\.(lat|lon)$/, "");
    found[at] ??= `${what} ${remedy}`.trim();
  }
  return found;
}
