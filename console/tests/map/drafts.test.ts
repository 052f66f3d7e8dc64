import { describe, expect, it } from "vitest";
import { draftOf, emptyDraft, make, type Draft } from "../../src/map/drafts";
import type { VolumeJson } from "../../src/map/volumes";

const NOW = Date.UTC(2017, 3, 7);
const VOLUME: VolumeJson = {
  shape: "CORRIDOR",
  vertices: [
    { lat_e7: 344903000, lon_e7: 369090000 },
    { lat_e7: 346000000, lon_e7: 371000000 },
  ],
  radius_m: 9_260,
  lower: { datum: "FLIGHT_LEVEL", value: 200 },
  upper: { datum: "AMSL", value: 73_152 },
  valid_from: "2017-04-07T01:40:00.000Z",
  valid_until: "2017-04-07T03:00:00.000Z",
};
const whole = (change: Partial<Draft> = {}): Draft => ({
  ...draftOf(VOLUME, "decimal"),
  ...change,
});
const faultsOf = (draft: Draft): string[] => Object.keys(make(draft, [], NOW).faults);

describe("a draft of a volume", () => {
  it("gives the volume back that it was made of", () => {
    expect(make(whole(), [], NOW).volume).toEqual(VOLUME);
  });

  it("shows lengths, altitudes and instants as people write them", () => {
    const draft = whole();
    expect([draft.radius, draft.radiusUnit]).toEqual(["5", "NM"]);
    expect(draft.lower).toEqual({ count: "FL", value: "200" });
    expect(draft.upper).toEqual({ count: "ft AMSL", value: "24000" });
    expect(draft.from).toBe("070140ZAPR17");
  });

  it("makes a corridor of an orbit", () => {
    expect(make(whole({ form: "ORBIT" }), [], NOW).volume?.shape).toBe("CORRIDOR");
  });

  it("needs everything before it is a volume", () => {
    const { volume, faults } = make(emptyDraft("CIRCLE"), [], NOW);
    expect(volume).toBeNull();
    expect(Object.keys(faults)).toEqual(["vertices[0]", "radius_m", "valid_from", "valid_until"]);
  });

  const refused: [string, Partial<Draft>, string][] = [
    ["a bad position", { vertices: ["34N 36E", "34N"] }, "vertices[1]"],
    ["a repeated position", { vertices: ["34N 36E", "34N 36E"] }, "vertices[1]"],
    ["too few positions", { vertices: ["34N 36E"] }, "vertices"],
    ["no radius", { radius: "0" }, "radius_m"],
    ["a radius that is no number", { radius: "5 NM" }, "radius_m"],
    ["a radius beyond all use", { radius: "9999", radiusUnit: "km" }, "radius_m"],
    ["half a flight level", { lower: { count: "FL", value: "20.5" } }, "lower"],
    ["a flight level of four digits", { lower: { count: "FL", value: "1000" } }, "lower"],
    ["an altitude above the world", { upper: { count: "m AMSL", value: "2000000" } }, "upper"],
    [
      "a band upside down",
      { lower: { count: "m AGL", value: "300" }, upper: { count: "m AGL", value: "300" } },
      "upper",
    ],
    ["a window that ends before it begins", { until: "070139ZAPR17" }, "valid_until"],
    ["an instant without Zulu", { from: "2017-04-07T01:40" }, "valid_from"],
  ];
  it.each(refused)("is refused with %s", (_, change, field) => {
    expect(faultsOf(whole(change))).toEqual([field]);
  });

  it("begins with the band and the window of the one before", () => {
    const next = emptyDraft("POLYGON", whole());
    expect(next.from).toBe("070140ZAPR17");
    expect(next.vertices).toHaveLength(3);
    expect(next.radius).toBe("0");
  });
});
