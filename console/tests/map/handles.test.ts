import { describe, expect, it } from "vitest";
import { way, type Place } from "../../src/map/geodesy";
import { handlesOf, type Handle, type Written } from "../../src/map/handles";
import { townsIn } from "../../src/map/towns";

const A: Place = { lat: 34, lon: 36 };
const B: Place = { lat: 34, lon: 37 };
const C: Place = { lat: 35, lon: 37 };
const area = (form: string, places: (Place | null)[], radiusM = 0, most = 500): Written => ({
  area: 2,
  form,
  places,
  radiusM,
  most,
});
const sorts = (handles: Handle[], sort: string): number[] =>
  handles.filter((one) => one.sort === sort).map((one) => one.vertex);

describe("what can be taken hold of", () => {
  it("is each position, and the middle of each edge, the last of a polygon with them", () => {
    const handles = handlesOf([area("POLYGON", [A, B, C])]);
    expect(sorts(handles, "position")).toEqual([0, 1, 2]);
    expect(sorts(handles, "between")).toEqual([0, 1, 2]);
    expect(handles.every((one) => one.area === 2)).toBe(true);
    const middle = handles.find((one) => one.sort === "between") as Handle;
    const [to, from] = [way(middle.place, A)?.lengthM ?? 0, way(middle.place, B)?.lengthM ?? 1];
    expect(to).toBeCloseTo(from, 0);
  });
  it("is no edge from the end of a corridor to its beginning, nor of an orbit", () => {
    expect(sorts(handlesOf([area("CORRIDOR", [A, B, C], 500)]), "between")).toEqual([0, 1]);
    expect(sorts(handlesOf([area("ORBIT", [A, B], 500, 2)]), "between")).toEqual([]);
  });
  it("is centre and rim of a circle, the rim as far as it reaches", () => {
    const handles = handlesOf([area("CIRCLE", [A], 9_000, 1)]);
    expect(handles.map((one) => one.sort)).toEqual(["position", "rim"]);
    expect(way(A, (handles[1] as Handle).place)?.lengthM).toBeCloseTo(9_000, 3);
  });
  it("is nothing of a position that is not understood yet", () => {
    expect(sorts(handlesOf([area("POLYGON", [A, null, C])]), "position")).toEqual([0, 2]);
    expect(sorts(handlesOf([area("POLYGON", [A, null, C])]), "between")).toEqual([2]);
    expect(handlesOf([area("CIRCLE", [null], 9_000)])).toEqual([]);
  });
});

describe("towns of the theatre", () => {
  it("have a name in each language, a rank, and a place near it", () => {
    for (const language of ["en", "ru", "ar"]) {
      const towns = townsIn(language);
      expect(new Set(towns.map((one) => one.name)).size).toBe(towns.length);
      for (const { name, place, rank } of towns) {
        expect(name).not.toBe("");
        expect([1, 2, 3]).toContain(rank);
        expect(place.lat).toBeGreaterThan(31);
        expect(place.lat).toBeLessThan(38);
        expect(place.lon).toBeGreaterThan(33);
        expect(place.lon).toBeLessThan(45);
      }
    }
    expect(townsIn("ru").some((one) => one.name === "Ракка")).toBe(true);
    expect(townsIn("xx")).toEqual(townsIn("en"));
  });
});
