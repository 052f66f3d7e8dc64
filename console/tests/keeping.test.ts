import { beforeEach, describe, expect, it, vi } from "vitest";
import { begun, forget, keep, kept, triedNow, type Kept, type Place } from "../src/forms/keeping";

const place = (kind: string, about = "", person = "Maj. Carter/1"): Place => ({
  party: "alpha.example",
  line: "syria-air",
  person,
  kind,
  about,
});
const content = (changedAt: number, text = "words"): Kept => ({
  begunAt: changedAt - 1_000,
  changedAt,
  values: { text },
  precedence: "ROUTINE",
  recipients: [],
  tried: null,
});

beforeEach(() => localStorage.clear());

describe("a form that was begun", () => {
  it("is there again for the same person, kind and message alone", () => {
    keep(place("TEXT", "bravo/7"), content(5_000));
    expect(kept(place("TEXT", "bravo/7"))?.values).toEqual({ text: "words" });
    expect(kept(place("TEXT", "bravo/8"))).toBeNull();
    expect(kept(place("QUERY", "bravo/7"))).toBeNull();
    expect(kept(place("TEXT", "bravo/7", "Col. Reyes"))).toBeNull();
  });
  it("is gone once it was said", () => {
    keep(place("TEXT"), content(5_000));
    forget(place("TEXT"));
    expect(kept(place("TEXT"))).toBeNull();
  });
  it("is listed, the newest first", () => {
    keep(place("TEXT"), content(5_000));
    keep(place("QUERY", "bravo/7"), content(9_000));
    keep(place("TEXT", "", "Col. Reyes"), content(9_500));
    const mine = begun("alpha.example", "syria-air", "Maj. Carter/1");
    expect(mine.map((one) => [one.kind, one.about])).toEqual([
      ["QUERY", "bravo/7"],
      ["TEXT", ""],
    ]);
  });
  it("is let go when there are very many, the oldest first", () => {
    for (let number = 0; number < 60; number += 1) {
      keep(place("TEXT", String(number)), content(1_000 + number));
    }
    expect(localStorage.length).toBe(40);
    expect(kept(place("TEXT", "59"))).not.toBeNull();
    expect(kept(place("TEXT", "0"))).toBeNull();
  });
  it("is none where what lies there is something else", () => {
    keep(place("TEXT"), content(5_000));
    const key = localStorage.key(0) ?? "";
    for (const rubbish of ["", "{", "null", "[]", '{"values":1}', '"text"']) {
      localStorage.setItem(key, rubbish);
      expect(kept(place("TEXT"))).toBeNull();
    }
  });
  it("says so when the browser does not keep it", () => {
    const setItem = (): void => {
      throw new DOMException("full", "QuotaExceededError");
    };
    vi.stubGlobal("localStorage", { setItem });
    expect(keep(place("TEXT"), content(5_000))).toBe(false);
    vi.unstubAllGlobals();
  });
});

describe("what was tried", () => {
  it("has the same id as long as it says the same", () => {
    const first = triedNow("a", null);
    expect(triedNow("a", first)).toBe(first);
    expect(triedNow("b", first).requestId).not.toBe(first.requestId);
  });
});
