// Altitudes with their reference: shown in the officer's unit, and as ranges above mean sea level
// where bands of several references are laid beside each other (docs/spec/altitude.md).

import type { Altitude, Datum } from "./volumes";

export const FOOT_M = 0.3048;
export const DATUMS: readonly Datum[] = ["AMSL", "AGL", "FLIGHT_LEVEL", "WGS84"];

/** Lowest land, and how far a flight level may be from its nominal height: as the node has them. */
const GROUND_M_MIN = -450;
const LEVEL_LOW_M = 453;
const LEVEL_HIGH_M = 261;
const LEVEL_SHARE = 0.07;
const GEOID_M_MIN = -107;
const GEOID_M_MAX = 86;

/** A band no drawing goes above: 60,000 ft and some. */
export const TOP_M = 20_000;

export type Range = readonly [low: number, high: number];

/** Where above mean sea level in metres an altitude may be. */
export function amslRange(altitude: Altitude): Range {
  const metres = metresOf(altitude);
  switch (altitude.datum) {
    case "AMSL":
      return [metres, metres];
    case "AGL":
      return [metres + GROUND_M_MIN, Infinity];
    case "WGS84":
      return [metres - GEOID_M_MAX, metres - GEOID_M_MIN];
    case "FLIGHT_LEVEL":
      return [metres * (1 - LEVEL_SHARE) - LEVEL_LOW_M, metres * (1 + LEVEL_SHARE) + LEVEL_HIGH_M];
  }
}

/** The number itself in metres, whatever it is counted from. */
export function metresOf(altitude: Altitude): number {
  return altitude.datum === "FLIGHT_LEVEL" ? altitude.value * 100 * FOOT_M : altitude.value / 10;
}

/** The band that a volume may reach, above mean sea level. */
export function bandOf(one: { lower: Altitude | null; upper: Altitude | null }): Range {
  return [
    one.lower ? amslRange(one.lower)[0] : -Infinity,
    one.upper ? amslRange(one.upper)[1] : Infinity,
  ];
}

export const bandsMeet = (one: Range, other: Range): boolean =>
  one[0] <= other[1] && other[0] <= one[1];

const SHORT: Record<Datum, string> = {
  AMSL: "MSL",
  AGL: "AGL",
  FLIGHT_LEVEL: "FL",
  WGS84: "WGS-84",
};

/** FL120, 1,500 ft MSL, 300 m AGL. */
export function altitudeText(altitude: Altitude, unit: "ft" | "m"): string {
  if (altitude.datum === "FLIGHT_LEVEL") return `FL${String(altitude.value).padStart(3, "0")}`;
  return `${heightText(metresOf(altitude), unit)} ${SHORT[altitude.datum]}`;
}

export function heightText(metres: number, unit: "ft" | "m"): string {
  const value = unit === "ft" ? metres / FOOT_M : metres;
  return `${Math.round(value).toLocaleString("en")} ${unit}`;
}

export const shortDatum = (datum: Datum): string => SHORT[datum];
