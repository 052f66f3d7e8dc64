import { describe, expect, it } from "vitest";
import type { FieldForm, FormField } from "../src/api/things";
import type { Beginning, Value } from "../src/forms/values";
import { Exchange, problemsOf, volumeJson, volumesJson } from "../src/forms/volumes";

const NOW = Date.UTC(2017, 3, 7, 1, 40);
const field = (name: string, form: object): FormField =>
  ({ name, label: name, help: "", form }) as FormField;
const FIELDS = [
  field("shape", { form: "word" }),
  field("vertices", { form: "items", item: { form: "position" } as FieldForm }),
  field("radius_m", { form: "whole" }),
  field("lower", { form: "altitude" }),
  field("upper", { form: "altitude" }),
  field("valid_from", { form: "instant" }),
  field("valid_until", { form: "instant" }),
];
const begin: Beginning = { records: {}, language: "en", altitudes: "ft" };
const whole = {
  shape: "CIRCLE",
  vertices: ["34.4894N 36.9095E"],
  radius_m: "9000",
  lower: "1500 ft AMSL",
  upper: "FL100",
  valid_from: "070200ZAPR17",
  valid_until: "+2h",
};

describe("a volume", () => {
  it("goes to the map's editor with its values", () => {
    expect(volumeJson(whole, NOW)).toEqual({
      shape: "CIRCLE",
      vertices: [{ lat_e7: 344_894_000, lon_e7: 369_095_000 }],
      radius_m: 9000,
      lower: { datum: "AMSL", value: 4572 },
      upper: { datum: "FLIGHT_LEVEL", value: 100 },
      valid_from: "2017-04-07T02:00:00Z",
      valid_until: "2017-04-07T03:40:00Z",
    });
  });
  it.each([
    { shape: "" },
    { vertices: [] },
    { vertices: ["34.4894N 36.9095E", "nowhere"] },
    { radius_m: "1e400" },
    { upper: "1500 ft" },
    { valid_from: "" },
  ])("that is not whole stays in the fields: %o", (change) => {
    expect(volumeJson({ ...whole, ...change }, NOW)).toBeUndefined();
    expect(volumesJson([whole, { ...whole, ...change }], NOW)).toBeUndefined();
  });
  it("that nobody changed comes back as it was, whatever the editor's precision", () => {
    const given = volumesJson([whole, whole], NOW) ?? [];
    const coarse = given.map((one, number) => ({
      ...one,
      vertices: [{ lat_e7: 344_894_444, lon_e7: 369_094_444 + number }],
    }));
    const exchange = new Exchange(FIELDS, begin, [whole, { ...whole, radius_m: "1" }] as Value[]);
    expect(exchange.take(coarse)).toEqual([whole, { ...whole, radius_m: "1" }]);
    const [first, second] = coarse;
    if (!first || !second) throw new Error();
    const changed = exchange.take([first, { ...second, radius_m: 5_000 }]);
    expect(changed[0]).toBe(exchange.take([first])[0]);
    expect((changed[1] as { radius_m: string }).radius_m).toBe("5000");
  });
});

describe("faults of a volume", () => {
  it("are told by the paths that the editor knows", () => {
    const fault = (name: string) => ({ field: name, what: "It is wrong.", remedy: "" });
    const found = problemsOf(
      [
        fault("sites[0].volumes[1].vertices[3].lat"),
        fault("sites[0].volumes[0].radius_m"),
        fault("volumes[0].upper"),
      ],
      "sites[0].volumes",
    );
    expect(found).toEqual({
      "volumes[1].vertices[3]": "It is wrong.",
      "volumes[0].radius_m": "It is wrong.",
    });
  });
});
