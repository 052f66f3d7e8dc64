import { forward } from "mgrs";
import { describe, expect, it } from "vitest";
import {
  altitudeOfRecord,
  altitudeParts,
  altitudeText,
  isAltitude,
  parsePosition,
  positionText,
  wordsIn,
} from "../src/forms/parsing";

describe("altitudes", () => {
  it.each(["FL120", "1500 ft AMSL", "300 m AGL", "-10.5 m WGS84"])("%s stays as it is", (text) => {
    const parts = altitudeParts(text);
    expect(parts && altitudeText(parts)).toBe(text);
    expect(isAltitude(text)).toBe(true);
  });

  it.each(["", "FL", "1500", "1500 ft", "1e400 ft AMSL", "12 yd AGL", "FL1200"])(
    "%s is no altitude",
    (text) => expect(isAltitude(text)).toBe(false),
  );

  it("is shown in feet only where nothing is lost by it", () => {
    expect(altitudeOfRecord({ datum: "AMSL", value: 4572 }, "ft")).toBe("1500 ft AMSL");
    expect(altitudeOfRecord({ datum: "AMSL", value: 4573 }, "ft")).toBe("457.3 m AMSL");
    expect(altitudeOfRecord({ datum: "AGL", value: 3000 }, "m")).toBe("300 m AGL");
    expect(altitudeOfRecord({ datum: "FLIGHT_LEVEL", value: 120 }, "m")).toBe("FL120");
  });
});

describe("positions", () => {
  it.each([
    ["34.4894, 36.9095", 344_894_000, 369_095_000],
    ["34.4894N 36.9095E", 344_894_000, 369_095_000],
    ["34.4894S, 36.9095W", -344_894_000, -369_095_000],
    ["-34.5 36.9", -345_000_000, 369_000_000],
    ["342922N0365434E", 344_894_444, 369_094_444],
    ["3429N 03654E", 344_833_333, 369_000_000],
    ["34°29'22\"N 36°54'34\"E", 344_894_444, 369_094_444],
    ["34 29 22 N, 36 54 34 E", 344_894_444, 369_094_444],
  ])("%s is understood", (text, lat_e7, lon_e7) =>
    expect(parsePosition(text)).toEqual({ lat_e7, lon_e7 }),
  );

  it.each(["", "34.4894", "91 0", "0 181", "34N 36", "-34N 36E", "346022N0365434E", "1e400 0"])(
    "%s is refused",
    (text) => expect(parsePosition(text)).toBeUndefined(),
  );

  it("in MGRS is understood to the metre", () => {
    const found = parsePosition(forward([36.9095, 34.4894], 5));
    expect(found?.lat_e7).toBeCloseTo(344_894_000, -3);
    expect(found?.lon_e7).toBeCloseTo(369_095_000, -3);
  });

  it("is written so that it is read back without loss", () => {
    for (const point of [
      { lat_e7: 344_894_001, lon_e7: -369_095_007 },
      { lat_e7: 0, lon_e7: 1_800_000_000 },
      { lat_e7: -900_000_000, lon_e7: 0 },
    ]) {
      expect(parsePosition(positionText(point))).toEqual(point);
    }
  });
});

describe("words", () => {
  it("are the parts between white space", () => {
    expect(wordsIn("")).toBe(0);
    expect(wordsIn("  \n ")).toBe(0);
    expect(wordsIn("cease\nfire  now")).toBe(3);
    expect(wordsIn("прекратите огонь")).toBe(2);
  });
});
