// Instants as officers write them: date-time groups, times of day, ISO 8601, or counted from now;
// always Zulu.

import { DAY_MS, parseDuration, SECOND_MS } from "./duration";

export const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");

/** The last instant that the line can say: what ends then has no end. */
export const ENDLESS_FROM = Date.UTC(9999, 11, 31);
/** 9999-12-31T23:59:59.999Z: later instants cannot be written. */
const INSTANT_MAX = 253_402_300_799_999;

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?Z$/;
const GROUP = /^(\d\d)(\d\d)(\d\d)Z ?([A-Z]{3}) ?(\d{4}|\d\d)$/;
const DAY_TIME = /^(\d\d)(\d\d)(\d\d)Z$/;
const TIME = /^(\d\d):?(\d\d)Z$/;
const RELATIVE = /^([+-])(.+)$/;

/**
 * The instant that is meant, in UTC milliseconds; undefined if the text is none.
 *
 * Takes ISO 8601 with Z, a date-time group, `now`, `+30min`, `-1h30min`; and 1430Z or 071430Z,
 * by which the nearest such time is meant. Nothing without Z is taken: it would be a guess.
 */
export function parseInstant(text: string, now: number): number | undefined {
  const typed = text.trim().toUpperCase();
  if (typed === "NOW") return now;
  const relative = RELATIVE.exec(typed);
  if (relative) {
    const ms = parseDuration(relative[2] ?? "");
    return ms === undefined ? undefined : within(now + (relative[1] === "-" ? -ms : ms));
  }
  const iso = ISO.exec(typed);
  if (iso) {
    const [year, month, day, hour, minute] = numbers(iso.slice(1, 6));
    const second = Number(iso[6] ?? 0);
    const millis = Number((iso[7] ?? "0").padEnd(3, "0"));
    return within(exact(year, (month ?? 0) - 1, day, hour, minute, second, millis));
  }
  const group = GROUP.exec(typed);
  if (group) {
    const [day, hour, minute] = numbers(group.slice(1, 4));
    const month = MONTHS.indexOf(group[4] ?? "");
    const year = Number(group[5]) + (group[5]?.length === 2 ? 2_000 : 0);
    return within(exact(year, month, day, hour, minute));
  }
  return nearest(typed, now);
}

const DAY = /^(\d\d) ?([A-Z]{3}) ?(\d{4}|\d\d)$/;
const ISO_DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/** An instant of the day that is meant: 07APR17, 2017-04-07, or any instant of it. */
export function parseDay(text: string, now: number): number | undefined {
  const typed = text.trim().toUpperCase();
  const iso = ISO_DAY.exec(typed);
  if (iso) {
    const [year, month, day] = numbers(iso.slice(1));
    return within(exact(year, (month ?? 0) - 1, day, 0, 0));
  }
  const written = DAY.exec(typed);
  if (!written) return parseInstant(text, now);
  const year = Number(written[3]) + (written[3]?.length === 2 ? 2_000 : 0);
  return within(exact(year, MONTHS.indexOf(written[2] ?? ""), Number(written[1]), 0, 0));
}

/** The first instant of the day, in Zulu. */
export const dayOf = (at: number): number => at - (((at % DAY_MS) + DAY_MS) % DAY_MS);

/** A day as officers write it: the year with four digits where two would mean another one. */
export function dayWritten(at: number): string {
  const day = new Date(at);
  const year = day.getUTCFullYear();
  const isNear = year >= 2_000 && year < 2_100;
  const digits = isNear ? String(year % 100).padStart(2, "0") : String(year).padStart(4, "0");
  return `${String(day.getUTCDate()).padStart(2, "0")}${MONTHS[day.getUTCMonth()]}${digits}`;
}

/** The nearest instant at a time of day, or at a day of the month and a time. */
function nearest(typed: string, now: number): number | undefined {
  const at = new Date(now);
  const candidates: (number | undefined)[] = [];
  const time = TIME.exec(typed);
  const dayTime = DAY_TIME.exec(typed);
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (time) {
    const [hour, minute] = numbers(time.slice(1));
    const today = exact(year, month, date, hour, minute);
    if (today === undefined) return undefined;
    candidates.push(today - DAY_MS, today, today + DAY_MS);
  } else if (dayTime) {
    const [day, hour, minute] = numbers(dayTime.slice(1));
    for (const step of [-1, 0, 1]) {
      const first = new Date(Date.UTC(year, month + step, 1));
      candidates.push(exact(first.getUTCFullYear(), first.getUTCMonth(), day, hour, minute));
    }
  }
  const known = candidates.filter((one) => one !== undefined);
  known.sort((one, other) => Math.abs(one - now) - Math.abs(other - now));
  return within(known[0]);
}

const numbers = (parts: string[]): number[] => parts.map(Number);

/** The instant, if that day and time exist. */
function exact(
  year: number | undefined,
  month: number | undefined,
  day: number | undefined,
  hour: number | undefined,
  minute: number | undefined,
  second = 0,
  millis = 0,
): number | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined) return undefined;
  if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 59) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(year, month, day);
  if (at.getUTCMonth() !== month || at.getUTCDate() !== day) return undefined;
  return at.setUTCHours(hour, minute, second, millis);
}

function within(at: number | undefined): number | undefined {
  return at !== undefined && at >= 0 && at <= INSTANT_MAX ? at : undefined;
}

/** The text with what is counted from now, or means the nearest time, made fast; else as it is. */
export function fixedInstant(text: string, now: number): string {
  const isLoose = /^\s*([+-]|now\s*$|\d\d:?\d\dZ\s*$)/i.test(text);
  const at = isLoose ? parseInstant(text, now) : undefined;
  return at === undefined ? text : isoOf(Math.round(at / SECOND_MS) * SECOND_MS);
}

/** As the node takes it. */
export function isoOf(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
