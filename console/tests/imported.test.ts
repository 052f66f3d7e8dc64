import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ImportedActivity, ImportedFile } from "../src/api/things";
import { importedOf as numberOf } from "../src/forms/opening";
import { ofImported } from "../src/map/things";
import type { Line } from "../src/state/line.svelte";
import {
  chosenDraft,
  draftNumbered,
  dropAll,
  dropDraft,
  importedOf,
  importFault,
  importFile,
} from "../src/state/imported.svelte";

const LINE = { name: "syria-air", path: "/lines/syria-air" } as Line;
const VOLUME = {
  shape: "CIRCLE",
  vertices: [{ lat_e7: 344_900_000, lon_e7: 369_090_000 }],
  radius_m: 9_000,
  valid_from: "2100-01-01T00:00:00Z",
  valid_until: "2100-01-01T02:00:00Z",
};
const draft = (number: number, more: Partial<ImportedActivity> = {}): ImportedActivity => ({
  number,
  row: number * 5,
  name: `A010${number}/26`,
  cancels: "",
  about: null,
  remarks: [],
  fault: null,
  fields: { activity: "FIRING", volumes: [VOLUME] },
  ...more,
});

function answer(status: number, body: unknown): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status })));
}

const told: ImportedFile = {
  form: "NOTAM",
  remarks: [],
  activities: [draft(1), draft(2, { cancels: "A0099/26", fields: {} })],
  more: 0,
};

describe("a file of areas", () => {
  beforeEach(() => dropAll());

  it("becomes drafts of one line, which go one by one", async () => {
    answer(200, told);
    await importFile(LINE, new Blob(["x"]));
    expect(importedOf("syria-air")?.left.length).toBe(2);
    expect(importedOf("other")).toBeNull();
    expect([chosenDraft(), draftNumbered("syria-air", 1)?.name]).toEqual([1, "A0101/26"]);
    dropDraft(1);
    expect(chosenDraft()).toBe(2);
    dropDraft(2);
    expect(importedOf("syria-air")).toBeNull();
  });

  it("that is refused leaves the reason, and what was read before", async () => {
    answer(200, told);
    await importFile(LINE, new Blob(["x"]));
    answer(400, { error: { what: "x is empty.", remedy: "", field: "file" } });
    await importFile(LINE, new Blob([""]));
    expect(String(importFault())).toContain("x is empty.");
    expect(importedOf("syria-air")?.left.length).toBe(2);
  });

  it("is drawn whenever it holds, and what has no area is not", () => {
    const things = told.activities.flatMap((one) => ofImported(one, "alpha.example"));
    expect(things.map((one) => [one.sort, one.key, one.until])).toEqual([
      ["imported", "1", Infinity],
    ]);
    expect(things[0]?.parts[0]?.radiusM).toBe(9_000);
  });

  it("has its number in the address of a form", () => {
    expect(numberOf(["imported", "12"])).toBe(12);
    expect(numberOf(["imported", "x"])).toBe(0);
    expect(numberOf(["alpha.example", "12"])).toBe(0);
  });
});
