import { describe, expect, it } from "vitest";
import { amslRange, altitudeText, bandOf } from "../../src/map/altitudes";
import { destination, way } from "../../src/map/geodesy";
import { lanesOf } from "../../src/map/lanes";
import { isWithin } from "../../src/map/layer";
import { line, outlineOf } from "../../src/map/outlines";
import { boxOf, placeAtPoint, ringOf, WORLD_M, xOf, yOf } from "../../src/map/paper";
import {
  clashOf,
  isShown,
  ofMovement,
  ofNotice,
  placeAt,
  sideKey,
  type Thing,
} from "../../src/map/things";
import type { Movement, Notice } from "../../src/api/things";

describe("geodesics", () => {
  it("are as long as the published example of Vincenty's line", () => {
    // Flinders Peak to Buninyong, Geoscience Australia: on GRS80, which differs from WGS-84 by
    // less than a millimetre here.
    const from = { lat: -(37 + 57 / 60 + 3.7203 / 3600), lon: 144 + 25 / 60 + 29.5244 / 3600 };
    const to = { lat: -(37 + 39 / 60 + 10.1561 / 3600), lon: 143 + 55 / 60 + 35.3839 / 3600 };
    const found = way(from, to);
    expect(found?.lengthM).toBeCloseTo(54_972.271, 2);
    expect(found?.bearingDeg).toBeCloseTo(306 + 52 / 60 + 5.37 / 3600, 5);
    const back = destination(from, found?.bearingDeg ?? 0, found?.lengthM ?? 0);
    expect(back.lat).toBeCloseTo(to.lat, 8);
    expect(back.lon).toBeCloseTo(to.lon, 8);
  });

  it("cross the antimeridian the short way", () => {
    expect(way({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })?.lengthM).toBeCloseTo(
      111_319.49,
      1,
    );
    expect(destination({ lat: 0, lon: 179.5 }, 90, 111_319.49).lon).toBeCloseTo(-179.5, 5);
  });

  it("have no length between one place and itself, and none between opposite ones", () => {
    expect(way({ lat: 5, lon: 5 }, { lat: 5, lon: 5 })?.lengthM).toBe(0);
    expect(way({ lat: 0.1, lon: 0 }, { lat: -0.1, lon: 179.99 })).toBeNull();
  });
});

describe("an outline", () => {
  const far = (from: { lat: number; lon: number }, to: { lat: number; lon: number }): number =>
    way(from, to)?.lengthM ?? NaN;

  it("of a circle lies at its radius all round, even near a pole", () => {
    for (const lat of [0, 34.5, -80]) {
      const centre = { lat, lon: 36.9 };
      const ring = outlineOf({ shape: "CIRCLE", vertices: [centre], radiusM: 9_000 });
      for (const place of ring) expect(far(centre, place)).toBeCloseTo(9_000, 3);
    }
  });

  it("of a corridor lies at its radius from the line, with round ends", () => {
    const vertices = [
      { lat: 34.5, lon: 36.9 },
      { lat: 34.5, lon: 37.4 },
      { lat: 34.9, lon: 37.4 },
    ];
    const ring = outlineOf({ shape: "CORRIDOR", vertices, radiusM: 5_000 });
    const paper = ringOf(ring);
    for (const vertex of vertices)
      expect(isWithin(paper, xOf(vertex.lon), yOf(vertex.lat))).toBe(true);
    const least = ring.map((place) => Math.min(...vertices.map((vertex) => far(vertex, place))));
    expect(Math.min(...least)).toBeGreaterThan(4_999);
    expect(boxOf(paper)[0]).toBeLessThan(xOf(36.9) - 5_000);
  });

  it("of a widened polygon holds its corners, whichever way it goes round", () => {
    const vertices = [
      { lat: 34, lon: 36 },
      { lat: 34, lon: 37 },
      { lat: 35, lon: 37 },
      { lat: 35, lon: 36 },
    ];
    for (const one of [vertices, [...vertices].reverse()]) {
      const ring = ringOf(outlineOf({ shape: "POLYGON", vertices: one, radiusM: 10_000 }));
      for (const vertex of vertices)
        expect(isWithin(ring, xOf(vertex.lon), yOf(vertex.lat))).toBe(true);
    }
  });

  it("does not jump at the antimeridian", () => {
    const ring = ringOf(
      outlineOf({ shape: "CIRCLE", vertices: [{ lat: 10, lon: 179.99 }], radiusM: 50_000 }),
    );
    const [west, , east] = boxOf(ring);
    expect(east - west).toBeLessThan(WORLD_M / 100);
  });

  it("follows the great circle on long edges", () => {
    const found = line([
      { lat: 50, lon: 0 },
      { lat: 50, lon: 60 },
    ]);
    expect(Math.max(...found.map((one) => one.lat))).toBeGreaterThan(53);
  });
});

describe("paper", () => {
  it("gives the place back", () => {
    const { lat, lon } = placeAtPoint(xOf(-170.5), yOf(-45.25));
    expect(lat).toBeCloseTo(-45.25, 9);
    expect(lon).toBeCloseTo(-170.5, 9);
  });
});

describe("altitudes", () => {
  it("are ranges above the sea where their reference is another", () => {
    expect(amslRange({ datum: "AMSL", value: 3_000 })).toEqual([300, 300]);
    expect(amslRange({ datum: "AGL", value: 3_000 })[1]).toBe(Infinity);
    const [low, high] = amslRange({ datum: "FLIGHT_LEVEL", value: 120 });
    expect(low).toBeLessThan(3_657.6);
    expect(high).toBeGreaterThan(3_657.6);
    expect(bandOf({ lower: null, upper: null })).toEqual([-Infinity, Infinity]);
  });

  it("are written with their reference", () => {
    expect(altitudeText({ datum: "FLIGHT_LEVEL", value: 50 }, "m")).toBe("FL050");
    expect(altitudeText({ datum: "AGL", value: 3_048 }, "ft")).toBe("1,000 ft AGL");
  });
});

const NOTICE = {
  party: "bravo.example",
  notice_id: "BRAVO-N-0001",
  is_live: true,
  kind: "air",
  exercise: true,
  content: {
    speaks_for: "OWN",
    volumes: [
      {
        shape: "CIRCLE",
        vertices: [{ lat_e7: 344903000, lon_e7: 369090000 }],
        radius_m: 2500,
        upper: { datum: "AGL", value: 3000 },
        valid_from: "2026-11-28T23:16:00Z",
        valid_until: "2026-11-29T23:16:00Z",
      },
    ],
  },
} as unknown as Notice;

describe("a thing", () => {
  const one = ofNotice(NOTICE, "alpha.example")[0] as Thing;
  it("knows whose it is, and where and when", () => {
    expect(one.side).toBe("other");
    expect(one.isExercise).toBe(true);
    expect(one.from).toBe(Date.parse("2026-11-28T23:16:00Z"));
    expect(ofNotice(NOTICE, "bravo.example")[0]?.side).toBe("own");
    const aid = { ...NOTICE, content: { ...NOTICE.content, speaks_for: "PARTNER" } } as Notice;
    expect(ofNotice(aid, "bravo.example")[0]?.side).toBe("third");
    expect(ofNotice({ ...NOTICE, is_live: false }, "x")).toEqual([]);
    expect(ofNotice({ ...NOTICE, content: null }, "x")).toEqual([]);
  });

  it("is shown at an instant of its window, which is half-open", () => {
    const filter = { from: 0, until: 1, band: [-Infinity, Infinity] as const };
    expect(isShown(one, { ...filter, at: one.from })).toBe(true);
    expect(isShown(one, { ...filter, at: one.until })).toBe(false);
    expect(isShown(one, { ...filter, at: null })).toBe(false);
    expect(isShown(one, { ...filter, at: null, until: Infinity })).toBe(true);
  });

  it("is found by the name that a conflict gives it", () => {
    expect(sideKey("b", "BRAVO-N-0001")).toBe("notice b/BRAVO-N-0001");
    expect(sideKey("b", "movement/M-1")).toBe("movement b/M-1");
    expect(sideKey("b", "zone/Z-1/2")).toBe("zone b/Z-1");
    expect(sideKey("b", "private/our plan")).toBe("private our plan");
  });
});

describe("a conflict", () => {
  it("has its line between the two outlines, as long as their separation", () => {
    const volume = (lon: number): Thing =>
      ({
        parts: [{ shape: "CIRCLE", vertices: [{ lat: 34, lon }], radiusM: 5_000 }],
      }) as unknown as Thing;
    const between = (way({ lat: 34, lon: 36 }, { lat: 34, lon: 36.2 })?.lengthM ?? 0) - 10_000;
    const found = clashOf(
      {
        id: "x",
        closest: { lat_e7: 34e7, lon_e7: 36.1e7 },
        separation_m: between,
        sides: [
          { party: "a", notice_id: "1", version: 1, volume: 1 },
          { party: "b", notice_id: "2", version: 1, volume: 1 },
        ],
      } as never,
      (key) => volume(key === "notice a/1" ? 36 : 36.2),
    );
    const [one, other] = found.ends ?? [];
    expect(one && other && way(one, other)?.lengthM).toBeCloseTo(between, -1);
  });
});

describe("a movement", () => {
  it("is drawn wider by its tolerance: stops as circles, legs as corridors", () => {
    const stop = (lon_e7: number, arrives_at: string, leaves_at: string) => ({
      position: { lat_e7: 344_894_000, lon_e7 },
      arrives_at,
      leaves_at,
    });
    const movement = {
      party: "bravo.example",
      movement_id: "M-1",
      is_live: true,
      content: {
        half_width_m: 500,
        tolerance: "15 min",
        route: [
          stop(369_095_000, "2017-04-07T01:40:00Z", "2017-04-07T02:00:00Z"),
          stop(370_095_000, "2017-04-07T03:00:00Z", "2017-04-07T03:00:00Z"),
        ],
      },
    } as unknown as Movement;
    const parts = ofMovement(movement, "alpha.example")[0]?.parts ?? [];
    expect(parts.map((one) => [one.shape, one.radiusM, one.from, one.until])).toEqual([
      ["CIRCLE", 500, Date.parse("2017-04-07T01:25:00Z"), Date.parse("2017-04-07T02:15:00Z")],
      ["CORRIDOR", 500, Date.parse("2017-04-07T01:45:00Z"), Date.parse("2017-04-07T03:15:00Z")],
    ]);
  });
  const route = [
    { place: { lat: 34, lon: 36 }, arrives: 0, leaves: 1_000, name: "" },
    { place: { lat: 34, lon: 36.5 }, arrives: NaN, leaves: NaN, name: "" },
    { place: { lat: 34, lon: 37 }, arrives: 3_000, leaves: 4_000, name: "" },
  ];
  it("is where its times say, and nowhere before and after", () => {
    expect(placeAt(route, -1)).toBeNull();
    expect(placeAt(route, 500)?.lon).toBe(36);
    expect(placeAt(route, 2_000)?.lon).toBeCloseTo(36.5, 6);
    expect(placeAt(route, 3_500)?.lon).toBe(37);
    expect(placeAt(route, 4_000)).toBeNull();
  });
});

describe("lanes", () => {
  const bar = (side: string, from: number, until: number): Thing =>
    ({ sort: "notice", side, from, until }) as Thing;
  it("put bars that meet in time into different rows, and count what finds none", () => {
    const things = [bar("own", 0, 10), bar("own", 5, 15), bar("own", 6, 8), bar("own", 12, 20)];
    const lanes = lanesOf(things, { from: 0, until: 96 }, 2);
    expect(lanes[0]?.bars.map((one) => one.row)).toEqual([0, 1, 0]);
    expect(lanes[0]?.left).toBe(1);
    expect(lanes[0]?.crowd.slice(5, 9)).toEqual([0, 1, 1, 0]);
    expect(lanes.map((one) => one.side)).toEqual(["own", "other"]);
  });
});
