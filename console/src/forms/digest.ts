// The critical values of a message in a form that needs no language: what is read back, and
// compared by eye with what was sent.

import { dtg } from "../state/clock.svelte";
import { altitudeOfRecord, positionText, type Point } from "./parsing";
import { parseInstant } from "../state/instant";

interface VolumeBody {
  shape?: string;
  vertices?: Point[];
  radius_m?: number;
  lower?: { datum: string; value: number };
  upper?: { datum: string; value: number };
  valid_from?: unknown;
  valid_until?: unknown;
}

/** Fields that matter most besides areas and times, by the names in which the record has them. */
const NAMED = ["notice_id", "action", "question", "answer", "code"];
const CHARS_MAX = 16_000;

/** One row for each value; volumes by number. */
export function digestRows(body: Record<string, unknown>): string[] {
  const rows: string[] = [];
  for (const name of NAMED) {
    const held = body[name];
    if (typeof held === "string" && held) rows.push(held);
  }
  const volumes = Array.isArray(body["volumes"]) ? (body["volumes"] as VolumeBody[]) : [];
  volumes.forEach((volume, number) => rows.push(`${number + 1}) ${volumeRow(volume)}`));
  const place = body["place"];
  const words =
    typeof place === "string" ? place : (place as { words?: unknown } | undefined)?.words;
  if (typeof words === "string" && words) rows.push(words);
  for (const [name, held] of Object.entries(body)) {
    const at = name.endsWith("_at") || name.endsWith("_by") ? instantOf(held) : "";
    if (at) rows.push(`${name} ${at}`);
  }
  return rows;
}

export function digestText(body: Record<string, unknown>): string {
  return digestRows(body).join("\n").slice(0, CHARS_MAX);
}

function volumeRow(volume: VolumeBody): string {
  const points = (volume.vertices ?? []).map(positionText).join(", ");
  const radius = volume.radius_m ? ` R ${volume.radius_m} m` : "";
  const band = `${altitude(volume.lower, "SFC")} - ${altitude(volume.upper, "UNL")}`;
  const window = `${instantOf(volume.valid_from)} - ${instantOf(volume.valid_until)}`;
  return `${volume.shape ?? ""} ${points}${radius}; ${band}; ${window}`;
}

const altitude = (held: { datum: string; value: number } | undefined, open: string): string =>
  held ? altitudeOfRecord(held, "ft") : open;

function instantOf(held: unknown): string {
  const at = typeof held === "string" ? parseInstant(held, 0) : undefined;
  return at === undefined ? "" : dtg(at);
}
