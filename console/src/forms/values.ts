// What stands in a form: for each field the text or choice of the officer, kept as typed. `filled`
// makes of it what the node takes, and `valuesOf` makes it of what a message holds.

import type { FieldForm, FormField, Forms } from "../api/things";
import {
  altitudeOfRecord,
  parsePosition,
  positionText,
  type AltitudeUnit,
  type Point,
} from "./parsing";
import { parseDuration, durationOf } from "../state/duration";
import { isoOf, parseInstant } from "../state/instant";

/** Text for most sorts; true or false; a list; a table of fields; null for a record left out. */
export type Value = string | boolean | null | Value[] | { [name: string]: Value };
export type Values = Record<string, Value>;
export type Records = Forms["records"];

/** Who says it and when: what the empty form begins with. */
export interface Beginning {
  records: Records;
  language: string;
  altitudes: AltitudeUnit;
}

/** The same values, free of those that they were made of. */
export function copied(values: Values): Values {
  return JSON.parse(JSON.stringify(values)) as Values;
}

/** Fields that an officer may fill in: who speaks and who releases is known to the node. */
export function shownFields(fields: readonly FormField[]): FormField[] {
  return fields.filter((one) => one.name !== "by" && one.left_out !== "RELEASE");
}

/**
 * Whether a field stands behind "more": what the node fills in, and what has a default that says
 * something. What is empty by default is shown, for it may be what matters.
 */
export function isBehindMore(field: FormField): boolean {
  if (field.left_out === "NODE") return true;
  if (field.name === "language") return true;
  if (["bytes", "hash"].includes(field.form.form)) return field.left_out === "OPTIONAL";
  if (field.left_out !== "DEFAULT") return false;
  return !isNothing(field.default);
}

const isNothing = (held: unknown): boolean =>
  held === "" ||
  (Array.isArray(held)
    ? held.length === 0
    : typeof held === "object" && held !== null && Object.values(held).every(isNothing));

/** What an empty form holds. */
export function emptyValues(fields: readonly FormField[], begin: Beginning): Values {
  return Object.fromEntries(
    shownFields(fields).map((field) => [field.name, emptyValue(field, begin)]),
  );
}

function emptyValue(field: FormField, begin: Beginning): Value {
  // The words are the officer's: a default of another language would be untrue.
  if (field.name === "language") return begin.language;
  if (field.left_out === "DEFAULT") return valueOf(field.form, field.default, begin);
  return blank(field.form, begin, field.left_out === "OPTIONAL");
}

/** The empty value of a sort. */
export function blank(form: FieldForm, begin: Beginning, isOptional = false): Value {
  switch (form.form) {
    case "truth":
      return false;
    case "items":
      return [];
    case "titles":
      return [];
    case "record":
    case "volume":
      if (isOptional) return null;
      return emptyValues(begin.records[form.record ?? ""]?.fields ?? [], begin);
    case "reference":
      return null;
    default:
      return "";
  }
}

/** What a message holds, as a form shows it. */
export function valuesOf(
  fields: readonly FormField[],
  body: Record<string, unknown>,
  begin: Beginning,
): Values {
  return Object.fromEntries(
    shownFields(fields).map((field) => {
      const held = body[field.name];
      const value = held == null ? emptyValue(field, begin) : valueOf(field.form, held, begin);
      return [field.name, value];
    }),
  );
}

function valueOf(form: FieldForm, held: unknown, begin: Beginning): Value {
  if (held == null) return blank(form, begin, true);
  const table = held as Record<string, unknown>;
  switch (form.form) {
    case "truth":
      return held === true;
    case "items": {
      const item = form.item;
      return item ? (held as unknown[]).map((one) => valueOf(item, one, begin)) : [];
    }
    case "titles":
      return Object.entries(table).map(([language, words]) => ({
        language,
        words: String(words),
      }));
    case "record":
    case "volume":
      return valuesOf(begin.records[form.record ?? ""]?.fields ?? [], table, begin);
    case "reference":
      return { party: String(table["party"]), index: String(table["index"]) };
    case "position":
      return positionText(held as Point);
    case "altitude":
      return typeof held === "string"
        ? held
        : altitudeOfRecord(held as { datum: string; value: number }, begin.altitudes);
    default:
      return String(held);
  }
}

/** What a form says, as the node takes it; what is left empty and may be left out is left out. */
export function filled(
  fields: readonly FormField[],
  values: Values,
  records: Records,
  now: number,
): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const field of shownFields(fields)) {
    const value = values[field.name];
    if (value === undefined || value === null) continue;
    if (isEmpty(value) && field.left_out) continue;
    const one = filledOne(field.form, value, records, now);
    if (one !== undefined) said[field.name] = one;
  }
  return said;
}

/** Whether nothing stands there. */
export function isEmpty(value: Value): boolean {
  if (typeof value === "string") return value.trim() === "";
  if (typeof value === "boolean") return false;
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return Object.values(value).every(isEmpty);
}

function filledOne(form: FieldForm, value: Value, records: Records, now: number): unknown {
  if (Array.isArray(value)) {
    if (form.form === "titles") {
      const pairs = value as unknown as { language: string; words: string }[];
      return Object.fromEntries(pairs.map(({ language, words }) => [language.trim(), words]));
    }
    const item = form.item;
    return item ? value.map((one) => filledOne(item, one, records, now) ?? "") : [];
  }
  if (typeof value === "object" && value !== null) {
    if (form.form === "reference") {
      return { party: value["party"], index: Number(value["index"]) };
    }
    return filled(records[form.record ?? ""]?.fields ?? [], value, records, now);
  }
  if (typeof value !== "string") return value;
  return filledText(form, value, now);
}

/** What was typed; where it is not understood it goes out as it is, for the node to say so. */
function filledText(form: FieldForm, typed: string, now: number): unknown {
  const text = typed.trim();
  switch (form.form) {
    case "text":
    case "text_rows":
      return typed;
    case "whole":
      if (text === "") return undefined;
      return /^-?\d{1,15}$/.test(text) ? Number(text) : typed;
    case "instant": {
      if (text === "") return undefined;
      const at = parseInstant(text, now);
      return at === undefined ? typed : isoOf(at);
    }
    case "duration": {
      if (text === "") return undefined;
      const ms = parseDuration(text);
      return ms === undefined ? typed : durationOf(ms);
    }
    case "position":
      return text === "" ? undefined : (parsePosition(text) ?? typed);
    case "altitude":
      return text === "" ? undefined : text;
    default:
      return text === "" ? undefined : text;
  }
}

/** All text of several rows together: what FLASH and IMMEDIATE bound in words. */
export function textOfRows(fields: readonly FormField[], values: Values): string {
  return fields
    .filter((one) => one.form.form === "text_rows")
    .map((one) => String(values[one.name] ?? ""))
    .join("\n");
}
