import { describe, expect, it } from "vitest";
import type { FieldForm, FormField } from "../src/api/things";
import { labelOfPath } from "../src/forms/labels";
import { emptyValues, filled, isBehindMore, valuesOf, type Beginning } from "../src/forms/values";
import { changes, wordedFields } from "../src/forms/wording";

const field = (name: string, form: Partial<FieldForm>, more: Partial<FormField> = {}): FormField =>
  ({ name, label: name.toUpperCase(), help: "", form, ...more }) as FormField;

const VOLUME = [
  field("shape", { form: "word" }),
  field("vertices", { form: "items", item: { form: "position" } as FieldForm }),
  field("radius_m", { form: "whole" }, { left_out: "NODE" }),
  field("lower", { form: "altitude" }, { left_out: "OPTIONAL" }),
  field("valid_from", { form: "instant" }),
];
const begin: Beginning = {
  records: { Volume: { fields: VOLUME }, Place: { fields: [field("words", { form: "text" })] } },
  language: "ru",
  altitudes: "ft",
};
const FIELDS = [
  field("by", { form: "record" }, { left_out: "NODE" }),
  field("text", { form: "text_rows" }),
  field("language", { form: "language" }, { left_out: "DEFAULT", default: "en" }),
  field("exercise", { form: "truth" }, { left_out: "DEFAULT", default: false }),
  field("volumes", { form: "items", item: { form: "volume", record: "Volume" } as FieldForm }),
  field(
    "place",
    { form: "record", record: "Place" },
    { left_out: "DEFAULT", default: { words: "" } },
  ),
  field("count", { form: "whole" }, { left_out: "OPTIONAL" }),
  field("until", { form: "instant" }, { left_out: "OPTIONAL" }),
  field("names", { form: "titles" }, { left_out: "OPTIONAL" }),
  field("of", { form: "reference" }, { left_out: "OPTIONAL" }),
];
const TRUTHS = { yes: "да", no: "нет", atOnce: "сразу" };
const NOW = Date.UTC(2017, 3, 7, 1, 40);

describe("an empty form", () => {
  const values = emptyValues(FIELDS, begin);
  it("leaves who speaks to the node and words in the officer's language", () => {
    expect(values).not.toHaveProperty("by");
    expect(values["language"]).toBe("ru");
  });
  it("sends nothing that is left empty and may be left out", () => {
    expect(filled(FIELDS, values, begin.records, NOW)).toEqual({
      text: "",
      language: "ru",
      exercise: false,
      volumes: [],
    });
  });
  it("hides what has a default that says something", () => {
    expect(FIELDS.filter(isBehindMore).map((one) => one.name)).toEqual([
      "by",
      "language",
      "exercise",
    ]);
  });
});

describe("a filled form", () => {
  const values = {
    ...emptyValues(FIELDS, begin),
    text: "слова",
    count: "12",
    until: "+30min",
    place: { words: "north" },
    names: [{ language: "ar", words: "مطار" }],
    of: { party: "bravo", index: "7" },
    volumes: [
      {
        shape: "CIRCLE",
        vertices: ["34.5N 36.9E"],
        radius_m: "",
        lower: "FL120",
        valid_from: "070200ZAPR17",
      },
    ],
  };
  const said = filled(FIELDS, values, begin.records, NOW);
  it("sends what the node takes", () => {
    expect(said).toEqual({
      text: "слова",
      language: "ru",
      exercise: false,
      count: 12,
      until: "2017-04-07T02:10:00Z",
      place: { words: "north" },
      names: { ar: "مطار" },
      of: { party: "bravo", index: 7 },
      volumes: [
        {
          shape: "CIRCLE",
          vertices: [{ lat_e7: 345_000_000, lon_e7: 369_000_000 }],
          lower: "FL120",
          valid_from: "2017-04-07T02:00:00Z",
        },
      ],
    });
  });
  it("is the same again when it is made of what was sent", () => {
    const again = valuesOf(FIELDS, said, begin);
    expect(filled(FIELDS, again, begin.records, NOW)).toEqual(said);
  });
  it("sends what is not understood as it was typed", () => {
    const odd = { ...values, count: "1e400", until: "soon" };
    const told = filled(FIELDS, odd, begin.records, NOW);
    expect([told["count"], told["until"]]).toEqual(["1e400", "soon"]);
    expect(JSON.stringify(told)).not.toContain("null");
  });
  it("tells what changes", () => {
    const other = { ...said, text: "другие", exercise: undefined };
    expect(changes(FIELDS, said, other, begin, TRUTHS).map((one) => one.label)).toEqual(["TEXT"]);
  });
  it("is shown field by field", () => {
    const rows = wordedFields(FIELDS, said, begin.records, TRUTHS);
    expect(rows.find((one) => one.label === "EXERCISE")?.said).toBe("нет");
    const open = { ...said, until: "1970-01-01T00:00:00Z" };
    const left = wordedFields(FIELDS, open, begin.records, TRUTHS);
    expect(left.find((one) => one.label === "UNTIL")?.said).toBe("сразу");
    expect(rows.find((one) => one.label === "VOLUMES")?.said).toContain("34.5N 36.9E");
  });
});

describe("a path", () => {
  it("is told in the form's own labels", () => {
    const label = labelOfPath(FIELDS, begin.records, "volumes[0].vertices[3].lat");
    expect(label).toBe("VOLUMES 1 · VERTICES 4");
    expect(labelOfPath(FIELDS, begin.records, "nothing")).toBe("");
  });
});
