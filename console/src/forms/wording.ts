// The content of a message as rows of label and words, for people who are to judge it before it is
// said. The node's own words follow by its preview; this shows every field, and none twice.

import type { FieldForm, FormField } from "../api/things";
import { dtg } from "../state/clock.svelte";
import { altitudeOfRecord, positionText, type Point } from "./parsing";
import { isoOf, parseInstant } from "../state/instant";
import { term } from "../state/words.svelte";
import { filled, shownFields, valuesOf, type Beginning, type Records } from "./values";

export interface Row {
  label: string;
  said: string;
}

/** Words of the officer's language for values that have none of their own. */
export interface Truths {
  yes: string;
  no: string;
  /** For an instant that is left open until the message is said. */
  atOnce: string;
}

/** The node writes so an instant that it fills in when the message is said. */
const OPEN = "1970-01-01T00:00:00Z";

export interface Change {
  label: string;
  before: string;
  after: string;
}

/** Fields in which what is said now differs from what a message holds. */
export function changes(
  fields: readonly FormField[],
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  beginning: Beginning,
  truths: Truths,
): Change[] {
  // What the record holds goes the way of a form, so that only what was changed differs.
  const held = filled(fields, valuesOf(fields, before, beginning), beginning.records, 0);
  const said = (body: Record<string, unknown>, field: FormField): string => {
    const one = body[field.name] ?? field.default;
    return one == null ? "" : worded(field.form, one, beginning.records, truths);
  };
  return shownFields(fields)
    .map((field) => ({
      label: field.label,
      before: said(held, field),
      after: said(after, field),
    }))
    .filter((one) => one.before !== one.after);
}

export function wordedFields(
  fields: readonly FormField[],
  body: Record<string, unknown>,
  records: Records,
  truths: Truths,
): Row[] {
  return shownFields(fields).flatMap((field) => {
    const held = body[field.name];
    if (held == null || held === "" || (Array.isArray(held) && held.length === 0)) return [];
    return [{ label: field.label, said: worded(field.form, held, records, truths) }];
  });
}

function worded(form: FieldForm, held: unknown, records: Records, truths: Truths): string {
  if (held == null) return "";
  const table = held as Record<string, unknown>;
  switch (form.form) {
    case "name":
      return term(String(held));
    case "truth":
      return held === true ? truths.yes : truths.no;
    case "word":
      return form.choices?.find((one) => one.code === held)?.said ?? String(held);
    case "items": {
      const item = form.item;
      if (!item || !Array.isArray(held)) return String(held);
      return held.map((one) => worded(item, one, records, truths)).join("\n");
    }
    case "titles":
      return Object.entries(table)
        .map(([language, words]) => `${language}: ${String(words)}`)
        .join("\n");
    case "record":
    case "volume": {
      const fields = records[form.record ?? ""]?.fields ?? [];
      return wordedFields(fields, table, records, truths)
        .map((row) => `${row.label}: ${row.said}`)
        .join("; ");
    }
    case "instant": {
      const at = typeof held === "string" ? parseInstant(held, 0) : undefined;
      if (held === OPEN) return truths.atOnce;
      return at === undefined ? String(held) : `${dtg(at)} (${isoOf(at)})`;
    }
    case "reference":
      return `${String(table["party"])} ${String(table["index"])}`;
    case "position":
      return "lat_e7" in table ? positionText(held as Point) : JSON.stringify(held);
    case "altitude":
      return typeof held === "string"
        ? held
        : altitudeOfRecord(held as { datum: string; value: number }, "ft");
    default:
      return typeof held === "object" ? JSON.stringify(held) : String(held);
  }
}
