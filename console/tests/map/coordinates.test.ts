import { describe, expect, it } from "vitest";
import { EntryFault, enteredInstant, parsePlace, positionText } from "../../src/map/coordinates";

const REFERENCES = [
  { name: "Shayrat air base", place: { lat: 34.4903, lon: 36.909 } },
  { name: "Hamah air base", place: { lat: 35.1182, lon: 36.7112 } },
  { name: "Hamah", place: { lat: 35.13, lon: 36.75 } },
];

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof EntryFault) return error.sentence;
    throw error;
  }
  return "";
}

describe("a position", () => {
  const written = [
    `34°29'25.1"N 036°54'32.4"E`,
    `34° 29′ 25.1″ N, 36° 54′ 32.4″ E`,
    "342925.1N 0365432.4E",
    "342925.1N0365432.4E",
    "34 29 25.1 N 36 54 32.4 E",
    "N34:29:25.1 E036:54:32.4",
    `036°54'32.4"E 34°29'25.1"N`,
    "34.490305N 36.909E",
    "34.490305n, 36.909e",
    "N34.490305 E36.909",
    "34°29.41833'N 36°54.54'E",
    "٣٤.٤٩٠٣٠٥N ٣٦.٩٠٩E",
  ];
  it.each(written)("is read from %s", (text) => {
    const { lat, lon } = parsePlace(text);
    expect(lat).toBeCloseTo(34.490305, 5);
    expect(lon).toBeCloseTo(36.909, 5);
  });

  it("is south and west by its letters", () => {
    expect(parsePlace("34.5S 36.9W")).toEqual({ lat: -34.5, lon: -36.9 });
  });

  it("is read from a grid reference", () => {
    const { lat, lon } = parsePlace("37S CU 08001 18506");
    expect(positionText({ lat, lon }, "mgrs")).toBe("37S CU 08001 18506");
    expect(parsePlace("37scu0800118506")).toEqual({ lat, lon });
  });

  it("is read from bearing and distance, along the geodesic", () => {
    const { lat, lon } = parsePlace("090° 10 NM from Shayrat", REFERENCES);
    expect(lat).toBeCloseTo(34.49013, 4);
    expect(lon).toBeCloseTo(37.1107, 3);
    expect(parsePlace("90/18.52km/shayrat air base", REFERENCES).lon).toBeCloseTo(lon, 6);
  });

  it("takes the reference point that is named exactly", () => {
    expect(parsePlace("0 0 m Hamah", REFERENCES).lat).toBeCloseTo(35.13, 6);
  });

  const refused: [string, RegExp][] = [
    ["", /Write a position/],
    ["34.4903 36.909", /bare pair/],
    ["34.4903, 36.909", /bare pair/],
    ["36°60'N 36°00'E", /minutes: there are 59/],
    [`34°29'60"N 36°00'00"E`, /seconds: there are 59/],
    ["342960N 0365432E", /seconds: there are 59/],
    ["91N 36E", /beyond the pole/],
    [`90°00'01"N 36°00'00"E`, /beyond the pole/],
    ["34N 181E", /beyond 180/],
    ["34N 180.0001W", /beyond 180/],
    ["34N 36N", /one letter of N or S/],
    ["34E 36E", /one letter of N or S/],
    ["34N 36E 5S", /one letter of N or S/],
    ["N34 36E", /each letter behind its own number/],
    ["-34N 36E", /sign as well as a letter/],
    ["34,49N 36,90E", /decimal point/],
    ["34.49С 36.90В", /Latin letters/],
    ["34.49N 36.90Е", /Latin letters/],
    ["٣4.49N 36.90E", /two scripts/],
    ["३४N 36E", /no digit that is understood/],
    ["34.5°29'N 36°54'E", /no angle/],
    ["N E", /each letter behind/],
    ["12345678N 36E", /no angle/],
    ["37S BU 0123 201", /is odd/],
    ["37S BU", /4 to 10 digits/],
    ["37S ZZ 08001 18506", /no square/],
    ["61S CU 01234 20123", /no square/],
    ["361° 5 NM Shayrat", /more than 360/],
    ["120° 5 NM", /from which reference point/],
    ["120° 5 NM Atlantis", /no reference point/],
    ["120° 5 NM air base", /one of several/],
    ["120° 99999 NM Shayrat", /too far/],
    ["3".repeat(200), /too long/],
  ];
  it.each(refused)("is refused: %s", (text, fault) => {
    expect(faultOf(() => parsePlace(text, REFERENCES))).toMatch(fault);
  });

  it("is written in each form, and read again", () => {
    const place = { lat: -34.99999, lon: 36.5 };
    for (const format of ["dms", "decimal", "mgrs"] as const) {
      const again = parsePlace(positionText(place, format));
      expect(again.lat).toBeCloseTo(place.lat, 4);
      expect(again.lon).toBeCloseTo(place.lon, 4);
    }
  });

  it("is never written with 60 seconds", () => {
    expect(positionText({ lat: 34.9999999, lon: 9.9999999 }, "dms")).toBe(
      `35°00'00.0"N 010°00'00.0"E`,
    );
  });
});

describe("an instant", () => {
  const now = Date.UTC(2017, 3, 30, 12);
  it("is read from a group, from a short one and from ISO", () => {
    const at = Date.UTC(2017, 3, 7, 1, 40);
    expect(enteredInstant("070140ZAPR17", now)).toBe(at);
    expect(enteredInstant("070140z apr 2017", now)).toBe(at);
    expect(enteredInstant("2017-04-07T01:40Z", now)).toBe(at);
    expect(enteredInstant("2017-04-07 01:40:00Z", now)).toBe(at);
  });

  it("is the nearest where month and year are left out", () => {
    expect(enteredInstant("010140Z", now)).toBe(Date.UTC(2017, 4, 1, 1, 40));
    expect(enteredInstant("291200Z", now)).toBe(Date.UTC(2017, 3, 29, 12));
  });

  const refused: [string, RegExp][] = [
    ["", /Write an instant/],
    ["310140ZAPR17", /no calendar/],
    ["072540ZAPR17", /no calendar/],
    ["070160ZAPR17", /no calendar/],
    ["070140ZAVR17", /no month/],
    ["2017-02-29T01:40Z", /no calendar/],
    ["2017-04-07T01:40", /Zulu/],
    ["tomorrow", /no instant/],
  ];
  it.each(refused)("is refused: %s", (text, fault) => {
    expect(faultOf(() => enteredInstant(text, now))).toMatch(fault);
  });
});
