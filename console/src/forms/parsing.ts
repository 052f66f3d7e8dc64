// Reads what an officer types: altitudes and positions. Each gives the value as the node takes it, or
// nothing; the form shows beside the field what was understood.

import { parsePlace } from "../map/coordinates";
import { vertexOf } from "../map/volumes";

export type AltitudeUnit = "ft" | "m" | "FL";

export interface AltitudeParts {
  number: string;
  unit: AltitudeUnit;
  /** AMSL, AGL or WGS84; a flight level has its own. */
  datum: string;
}

const LEVEL = /^FL\s*(\d*)$/;
const SPOKEN = /^(-?[\d.]*)\s*(FT|M)\s*(AMSL|MSL|AGL|WGS-?84)$/;

/** The parts of `FL120`, `1500 ft AMSL`, `300 m AGL`; undefined if the text is no altitude. */
export function altitudeParts(text: string): AltitudeParts | undefined {
  const typed = text.trim().toUpperCase();
  const level = LEVEL.exec(typed);
  if (level) return { number: level[1] ?? "", unit: "FL", datum: "FLIGHT_LEVEL" };
  const spoken = SPOKEN.exec(typed);
  if (!spoken) return undefined;
  const datum = spoken[3] ?? "";
  return {
    number: spoken[1] ?? "",
    unit: spoken[2] === "FT" ? "ft" : "m",
    datum: datum === "MSL" ? "AMSL" : datum.replace("-", ""),
  };
}

/** An altitude as the node takes it. */
export function altitudeText({ number, unit, datum }: AltitudeParts): string {
  return unit === "FL" ? `FL${number}` : `${number} ${unit} ${datum}`;
}

/** Whether the number is written as the node takes it. */
export function isAltitude(text: string): boolean {
  const parts = altitudeParts(text);
  if (!parts) return false;
  return parts.unit === "FL"
    ? /^\d{1,3}$/.test(parts.number)
    : /^-?\d{1,9}(\.\d{1,3})?$/.test(parts.number);
}

/** What the record holds (decimetres, or a flight level) in the officer's unit. */
export function altitudeOfRecord(
  held: { datum: string; value: number },
  unit: AltitudeUnit,
): string {
  if (held.datum === "FLIGHT_LEVEL") return `FL${held.value}`;
  const exactFt = Math.round(held.value / 3.048);
  // In feet only where nothing is lost by it: what is replaced must not move.
  const inFeet = Math.round(exactFt * 3.048) === held.value;
  if (unit === "ft" && inFeet) return `${exactFt} ft ${held.datum}`;
  return `${held.value / 10} m ${held.datum}`;
}

export interface Point {
  lat_e7: number;
  lon_e7: number;
}

const E7 = 10_000_000;
const DECIMAL = /^([+-]?\d{1,2}(?:\.\d+)?)°?\s*([NS])?[\s,;]+([+-]?\d{1,3}(?:\.\d+)?)°?\s*([EW])?$/;
const PLAIN = /^(\d{2})(\d{2})(\d{2}(?:\.\d+)?)?([NS])\s*(\d{3})(\d{2})(\d{2}(?:\.\d+)?)?([EW])$/;
const MARKED =
  /^(\d{1,2})[°\s]\s*(\d{1,2})['’′\s]\s*(?:(\d{1,2}(?:\.\d+)?)["”″]?)?\s*([NS])[\s,;]*(\d{1,3})[°\s]\s*(\d{1,2})['’′\s]\s*(?:(\d{1,2}(?:\.\d+)?)["”″]?)?\s*([EW])$/;

/** Degrees, with minutes and seconds or without, or MGRS; undefined if the text is no position. */
export function parsePosition(text: string): Point | undefined {
  const typed = text.trim().toUpperCase();
  const decimal = DECIMAL.exec(typed);
  if (decimal) {
    const [, lat, north, lon, east] = decimal;
    // Letters and signs together contradict each other.
    if ((north && /^[+-]/.test(lat ?? "")) || (east && /^[+-]/.test(lon ?? ""))) return undefined;
    if (Boolean(north) !== Boolean(east)) return undefined;
    return point(Number(lat) * (north === "S" ? -1 : 1), Number(lon) * (east === "W" ? -1 : 1));
  }
  const angles = PLAIN.exec(typed) ?? MARKED.exec(typed);
  if (!angles) return otherwise(typed);
  const lat = degrees(angles[1], angles[2], angles[3]);
  const lon = degrees(angles[5], angles[6], angles[7]);
  if (lat === undefined || lon === undefined) return undefined;
  return point(lat * (angles[4] === "S" ? -1 : 1), lon * (angles[8] === "W" ? -1 : 1));
}

/** As the map takes it, which reads MGRS too. */
function otherwise(typed: string): Point | undefined {
  try {
    return vertexOf(parsePlace(typed));
  } catch {
    return undefined;
  }
}

function degrees(whole = "", minutes = "", seconds = "0"): number | undefined {
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return undefined;
  return Number(whole) + Number(minutes) / 60 + Number(seconds) / 3_600;
}

function point(lat: number, lon: number): Point | undefined {
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
  return { lat_e7: Math.round(lat * E7), lon_e7: Math.round(lon * E7) };
}

/** A position as text that is read back without loss. */
export function positionText({ lat_e7, lon_e7 }: Point): string {
  const lat = `${trimmed(lat_e7)}${lat_e7 < 0 ? "S" : "N"}`;
  return `${lat} ${trimmed(lon_e7)}${lon_e7 < 0 ? "W" : "E"}`;
}

const trimmed = (e7: number): string => (Math.abs(e7) / E7).toFixed(7).replace(/\.?0+$/, "");

/** Words as the node counts them: parts between white space. */
export function wordsIn(text: string): number {
  return text.trim() ? text.trim().split(/\s+/u).length : 0;
}
