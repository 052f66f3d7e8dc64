// Positions and instants as officers write them. What is ambiguous is refused, and the fault names
// what is wrong: a bare pair of numbers is the oldest mistake with maps.

import { forward, inverse, toPoint } from "mgrs";
import { MONTHS, parseInstant } from "../state/instant";
import { mark } from "../state/words.svelte";
import { destination, NM_M, type Place } from "./geodesy";

/** What is wrong with what was written: a sentence for `t`, and its values. */
export class EntryFault extends Error {
  constructor(
    readonly sentence: string,
    readonly values: Record<string, string | number> = {},
    /** Nothing was written yet: no error to be shown, but no value either. */
    readonly isMissing = false,
  ) {
    super(sentence);
  }
}

export interface Reference {
  name: string;
  place: Place;
}

export type Format = "dms" | "decimal" | "mgrs";

const TEXT_CHARS_MAX = 120;
const DISTANCE_M_MAX = 2_000_000;
const UNITS: Record<string, number> = { NM: NM_M, KM: 1_000, M: 1 };
const ZEROS = [0x30, 0x660, 0x6f0, 0xff10];

/**
 * The place that a text writes: 34°29'25"N 036°54'32"E, 342925N 0365432E, 34.4903N 36.9090E,
 * 37S DU 12345 67890, or 120° 5.5 NM from a reference point.
 */
export function parsePlace(text: string, references: readonly Reference[] = []): Place {
  const plain = normal(text);
  if (plain === "") throw new EntryFault(mark("Write a position."), {}, true);
  const upper = plain.toUpperCase();
  const from =
    /^(\d+(?:\.\d+)?)\s*(?:°|DEG)?[\s/,]+(\d+(?:\.\d+)?)\s*(NM|KM|M)(?:[\s/,]+(?:FROM|ОТ|من)?\s*(.*))?$/u.exec(
      upper,
    );
  if (from) return relative(from, references);
  if (/^\d{1,2}\s*[A-Z]\s*[A-Z]{2}[\s\d]*$/.test(upper)) return fromMgrs(upper.replace(/\s/g, ""));
  return fromDegrees(upper);
}

/** One spelling of signs and digits; digits of two scripts in one text are refused. */
function normal(text: string): string {
  if (text.length > TEXT_CHARS_MAX) throw new EntryFault(mark("This is too long for a position."));
  let script = -1;
  let plain = "";
  for (const letter of text.trim()) {
    const code = letter.codePointAt(0) as number;
    const zero = ZEROS.find((one) => code >= one && code <= one + 9);
    if (zero === undefined) {
      if (/\p{Nd}/u.test(letter))
        throw new EntryFault(mark("{digit} is no digit that is understood here."), {
          digit: letter,
        });
      plain += letter;
      continue;
    }
    if (script >= 0 && zero !== script)
      throw new EntryFault(mark("The digits are of two scripts: write all in one."));
    script = zero;
    plain += String(code - zero);
  }
  return plain
    .replace(/[\u2032\u2018\u2019\u02b9\u00b4]/g, "'")
    .replace(/[\u2033\u201c\u201d]|''/g, '"')
    .replace(/[\u00ba\u02da]/g, "°")
    .replace(/[\u2212\u2013]/g, "-")
    .replace(/\s+/g, " ");
}

function fromDegrees(text: string): Place {
  const odd = /[^0-9NSEW°'".:,;/\s+-]/u.exec(text);
  if (odd) {
    throw new EntryFault(
      mark("{sign} has no place in a position: write N, S, E or W in Latin letters."),
      { sign: odd[0] },
    );
  }
  const letters = text.replace(/[^NSEW]/g, "");
  if (letters === "") {
    throw new EntryFault(
      mark("Which number is the latitude is not said: write 34.49N 36.91E, not a bare pair."),
    );
  }
  if (!/^([NS][EW]|[EW][NS])$/.test(letters)) {
    throw new EntryFault(mark("A position has one letter of N or S and one of E or W."));
  }
  if (/\d,\d/.test(text)) throw new EntryFault(mark("Write a decimal point, not a comma."));
  const isBefore = /^[NSEW]/.test(text);
  const cut = isBefore ? text.search(/.[NSEW]/) + 1 : text.search(/[NSEW]/) + 1;
  const halves = [text.slice(0, cut), text.slice(cut)];
  const values = halves.map((half) => {
    const letter = /[NSEW]/.exec(half)?.[0] ?? "";
    const isAtEnd = isBefore
      ? half.indexOf(letter) === 0
      : half
          .trimEnd()
          .replace(/[,;/]$/, "")
          .endsWith(letter);
    const number = half.replace(/[NSEW]/, " ").replace(/^[\s,;/]+|[\s,;/]+$/g, "");
    if (!isAtEnd || number === "") {
      throw new EntryFault(mark("Write each letter behind its own number, or each before it."));
    }
    return { letter, value: angle(number, letter) };
  });
  const lat = values.find(({ letter }) => letter === "N" || letter === "S")?.value ?? NaN;
  const lon = values.find(({ letter }) => letter === "E" || letter === "W")?.value ?? NaN;
  return { lat, lon };
}

/** Degrees from one number of a position; minutes and seconds below sixty. */
function angle(text: string, letter: string): number {
  const isLat = letter === "N" || letter === "S";
  const most = isLat ? 90 : 180;
  if (/[+-]/.test(text)) {
    throw new EntryFault(mark("{text} has a sign as well as a letter: leave out the sign."), {
      text,
    });
  }
  const parts = partsOf(text, isLat);
  if (!parts) throw new EntryFault(mark("{text} is no angle."), { text: text || "—" });
  const [degrees, minutes, seconds] = parts;
  if (minutes >= 60)
    throw new EntryFault(mark("{text} has {count} minutes: there are 59 at most."), {
      text,
      count: minutes,
    });
  if (seconds >= 60)
    throw new EntryFault(mark("{text} has {count} seconds: there are 59 at most."), {
      text,
      count: seconds,
    });
  const value = degrees + minutes / 60 + seconds / 3_600;
  if (value > most) {
    const sentence = isLat
      ? mark("A latitude of {text} is beyond the pole: it is 90 at most.")
      : mark("A longitude of {text} is beyond 180.");
    throw new EntryFault(sentence, { text });
  }
  return letter === "S" || letter === "W" ? -value : value;
}

function partsOf(text: string, isLat: boolean): [number, number, number] | null {
  const width = isLat ? 2 : 3;
  const compact = new RegExp(`^(\\d{${width}})(\\d{2})(\\d{2})?(\\.\\d+)?$`).exec(text);
  if (compact) {
    const [, degrees, minutes, seconds, share = ""] = compact;
    return seconds === undefined
      ? [Number(degrees), Number(`${minutes}${share}`), 0]
      : [Number(degrees), Number(minutes), Number(`${seconds}${share}`)];
  }
  const split =
    /^(\d{1,3}(?:\.\d+)?)(?:\s*[°:\s]\s*(?:(\d{1,2}(?:\.\d+)?)(?:\s*[':\s]\s*(?:(\d{1,2}(?:\.\d+)?)\s*"?)?)?)?)?$/.exec(
      text.trim(),
    );
  if (!split) return null;
  const [, degrees = "", minutes, seconds] = split;
  // Only the last of them has a share.
  if (minutes !== undefined && degrees.includes(".")) return null;
  if (seconds !== undefined && minutes?.includes(".")) return null;
  return [Number(degrees), Number(minutes ?? 0), Number(seconds ?? 0)];
}

function fromMgrs(text: string): Place {
  const digits = /\d*$/.exec(text)?.[0] ?? "";
  if (digits.length % 2 !== 0)
    throw new EntryFault(
      mark("A grid reference has as many digits east as north: {digits} is odd."),
      { digits },
    );
  if (digits.length < 4 || digits.length > 10) {
    throw new EntryFault(mark("Give 4 to 10 digits of the grid reference: a kilometre at least."));
  }
  try {
    const [lon, lat] = toPoint(text);
    // Of an impossible square the library gives some place: it is asked back.
    const [west, south, east, north] = inverse(text);
    const back = forward([(west + east) / 2, (south + north) / 2], digits.length / 2);
    if (back === text.replace(/^0/, "") || back === text) return { lat, lon };
  } catch {
    // As below.
  }
  throw new EntryFault(mark("There is no square {text} in that zone."), { text });
}

function relative(found: RegExpExecArray, references: readonly Reference[]): Place {
  const [, bearing = "", length = "", unit = "", name = ""] = found;
  if (Number(bearing) > 360)
    throw new EntryFault(mark("A bearing of {bearing} is more than 360 degrees."), { bearing });
  const lengthM = Number(length) * (UNITS[unit] ?? NaN);
  if (!(lengthM <= DISTANCE_M_MAX))
    throw new EntryFault(mark("{length} is too far from a reference point."), {
      length: `${length} ${unit}`,
    });
  const wanted = name.trim();
  if (!wanted) throw new EntryFault(mark("Say from which reference point."));
  const fits = references.filter((one) => one.name.toUpperCase().includes(wanted));
  const exact = fits.find((one) => one.name.toUpperCase() === wanted);
  const [only] = exact ? [exact] : fits;
  if (!only)
    throw new EntryFault(mark("{name} is no reference point of this line."), { name: wanted });
  if (!exact && fits.length > 1) {
    throw new EntryFault(mark("{name} may be one of several: {names}."), {
      name: wanted,
      names: fits
        .slice(0, 4)
        .map((one) => one.name)
        .join(", "),
    });
  }
  return destination(only.place, Number(bearing), lengthM);
}

/** A position as the officer reads it. */
export function positionText(place: Place, format: Format): string {
  if (format === "mgrs" && place.lat > -80 && place.lat < 84) {
    const text = forward([place.lon, place.lat], 5);
    return text.replace(/^(\d+[A-Z])([A-Z]{2})(\d{5})(\d{5})$/, "$1 $2 $3 $4");
  }
  const [ns, ew] = [place.lat < 0 ? "S" : "N", place.lon < 0 ? "W" : "E"];
  const [lat, lon] = [Math.abs(place.lat), Math.abs(place.lon)];
  if (format === "decimal") return `${lat.toFixed(6)}${ns} ${lon.toFixed(6)}${ew}`;
  return `${dms(lat, 2)}${ns} ${dms(lon, 3)}${ew}`;
}

/** 34°29'25.1", rounded once, so that no 60 seconds come of it. */
function dms(value: number, width: number): string {
  const tenths = Math.round(value * 36_000);
  const pad = (number: number, digits: number): string => String(number).padStart(digits, "0");
  const [degrees, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${pad(degrees, width)}°${pad(minutes, 2)}'${seconds}"`;
}

/** The instant that a text writes; where `parseInstant` knows none, the fault says why. */
export function enteredInstant(text: string, now: number): number {
  const at = parseInstant(text, now);
  if (at !== undefined) return at;
  const upper = text.trim().toUpperCase();
  if (upper === "")
    throw new EntryFault(mark("Write an instant: 070140ZAPR17 or 2017-04-07T01:40Z."), {}, true);
  const month = /^\d{6}Z ?([A-Z]{3}) ?\d{2,4}$/.exec(upper)?.[1];
  if (month && !MONTHS.includes(month))
    throw new EntryFault(mark("{month} is no month."), { month });
  const iso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z?)$/.exec(upper);
  if (iso && !iso[1])
    throw new EntryFault(mark("{text} does not say that it is Zulu: end it with Z."), {
      text: upper,
    });
  if (month || iso || /^\d{6}Z$/.test(upper))
    throw new EntryFault(mark("{text} is in no calendar."), { text: upper });
  throw new EntryFault(mark("{text} is no instant: write 070140ZAPR17 or 2017-04-07T01:40Z."), {
    text: text.trim().slice(0, 40),
  });
}
