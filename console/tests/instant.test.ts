import { describe, expect, it } from "vitest";
import { durationOf, parseDuration } from "../src/state/duration";
import {
  dayOf,
  dayWritten,
  fixedInstant,
  isoOf,
  parseDay,
  parseInstant,
} from "../src/state/instant";

const NOW = Date.UTC(2017, 3, 7, 1, 40, 5);
const understood = (text: string): string | undefined => {
  const at = parseInstant(text, NOW);
  return at === undefined ? undefined : isoOf(at);
};

describe("instants", () => {
  it.each([
    ["2017-04-07T01:40Z", "2017-04-07T01:40:00Z"],
    ["2017-04-07 01:40:05.5Z", "2017-04-07T01:40:05.500Z"],
    ["070140ZAPR17", "2017-04-07T01:40:00Z"],
    ["070140zapr2017", "2017-04-07T01:40:00Z"],
    [" 070140z apr 17 ", "2017-04-07T01:40:00Z"],
    ["now", "2017-04-07T01:40:05Z"],
    ["+30min", "2017-04-07T02:10:05Z"],
    ["-1h30min", "2017-04-07T00:10:05Z"],
    ["+ 2 d", "2017-04-09T01:40:05Z"],
  ])("%s is understood", (text, at) => expect(understood(text)).toBe(at));

  it("takes of a time of day the nearest", () => {
    expect(understood("1430Z")).toBe("2017-04-06T14:30:00Z");
    expect(understood("1330Z")).toBe("2017-04-07T13:30:00Z");
    expect(understood("00:10Z")).toBe("2017-04-07T00:10:00Z");
  });

  it("takes of a day and a time the nearest", () => {
    expect(understood("302359Z")).toBe("2017-03-30T23:59:00Z");
    expect(understood("110000Z")).toBe("2017-04-11T00:00:00Z");
  });

  it.each([
    "",
    "1430",
    "2017-04-07T01:40:00",
    "2017-02-30T00:00Z",
    "310140ZAPR17",
    "072540ZAPR17",
    "070160ZAPR17",
    "070140ZXXX17",
    "2017-04-07",
    "2500Z",
    "+1e400min",
    "-100000d",
    "+30",
    "1e400",
    "NaN",
    "9".repeat(1_000),
  ])("%s is not guessed at", (text) => expect(understood(text)).toBeUndefined());
});

describe("an instant that is left", () => {
  it("is made fast where it counts from now or means the nearest", () => {
    expect(fixedInstant("+30min", NOW)).toBe("2017-04-07T02:10:05Z");
    expect(fixedInstant("1330Z", NOW)).toBe("2017-04-07T13:30:00Z");
    expect(fixedInstant("070140ZAPR17", NOW)).toBe("070140ZAPR17");
    expect(fixedInstant("soon", NOW)).toBe("soon");
  });
});

describe("durations", () => {
  it.each([
    ["30 min", 1_800_000],
    ["1h30min", 5_400_000],
    ["0.5 s", 500],
    ["2 d", 172_800_000],
  ])("%s is understood", (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(["", "30", "min", "1 week", "-5 min", "1e400 s"])("%s is refused", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it("is written with the largest unit that fits", () => {
    expect(durationOf(5_400_000)).toBe("90 min");
    expect(durationOf(86_400_000)).toBe("1 d");
    expect(durationOf(1)).toBe("1 ms");
    expect(durationOf(0)).toBe("0 ms");
  });
});

describe("days", () => {
  it.each([
    ["07APR17", "07APR17"],
    [" 7apr17", undefined],
    ["07 apr 2017", "07APR17"],
    ["2017-04-07", "07APR17"],
    ["071430ZAPR17", "07APR17"],
    ["now", "07APR17"],
    ["29FEB2100", undefined],
    ["31DEC1999", "31DEC1999"],
    ["2017-13-01", undefined],
    ["04/07/2017", undefined],
    ["", undefined],
  ])("%s is understood", (text, day) => {
    const at = parseDay(text, NOW);
    expect(at === undefined ? undefined : dayWritten(at)).toBe(day);
  });

  it("begin at midnight in Zulu", () => {
    expect(isoOf(dayOf(NOW))).toBe("2017-04-07T00:00:00Z");
    expect(dayOf(Date.UTC(2017, 3, 7))).toBe(Date.UTC(2017, 3, 7));
  });
});
