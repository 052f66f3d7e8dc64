// A file of areas that was read for the officer: its drafts with their doubts, until each is
// released or dropped. It lives in this page alone; a reload reads the file again.

import { actWithBytes, part } from "../api/client";
import type { ImportedActivity, ImportedFile } from "../api/things";
import type { Line } from "./line.svelte";

/** As much as the node takes. */
export const FILE_BYTES_MAX = 2_097_152;

interface Held {
  line: string;
  name: string;
  file: ImportedFile;
  left: ImportedActivity[];
}

let held = $state.raw<Held | null>(null);
let fault = $state.raw<unknown>(null);
let isReading = $state(false);
let chosen = $state(0);

/** What was read for a line and is neither released nor dropped; null if there is nothing. */
export function importedOf(line: string): Held | null {
  return held?.line === line ? held : null;
}

export function importFault(): unknown {
  return fault;
}

export function isImporting(): boolean {
  return isReading;
}

/** The number of the draft that is looked at; 0 for none. */
export function chosenDraft(): number {
  return chosen;
}

export function chooseDraft(number: number): void {
  chosen = number;
}

/** Read a file; what was read before and is left over goes. */
export async function importFile(line: Line, file: Blob & { name?: string }): Promise<void> {
  fault = null;
  isReading = true;
  try {
    const name = (file.name ?? "file").slice(0, 200);
    const told = await actWithBytes<ImportedFile>(`${line.path}/import?name=${part(name)}`, file);
    held = { line: line.name, name, file: told, left: [...told.activities] };
    chosen = told.activities[0]?.number ?? 0;
  } catch (error) {
    fault = error;
  } finally {
    isReading = false;
  }
}

/** A draft that was released, or that the officer does not want. */
export function dropDraft(number: number): void {
  if (!held) return;
  const left = held.left.filter((one) => one.number !== number);
  held = left.length > 0 ? { ...held, left } : null;
  if (chosen === number) chosen = left[0]?.number ?? 0;
}

export function dropAll(): void {
  held = fault = null;
  chosen = 0;
}

/** The draft of a number, if it is still there. */
export function draftNumbered(line: string, number: number): ImportedActivity | undefined {
  return importedOf(line)?.left.find((one) => one.number === number);
}
