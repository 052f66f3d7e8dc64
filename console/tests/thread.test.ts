import { describe, expect, it } from "vitest";
import type { Matter, Message, MessageRecord } from "../src/api/things";
import { authorOf, indexOf, namedByMatter, originalOf, threadOf } from "../src/state/thread";

const record = (
  party: string,
  index: number,
  position: number,
  replyTo?: [string, number],
): MessageRecord =>
  ({
    party,
    index,
    position,
    serial: `${party.toUpperCase()}-${String(index).padStart(4, "0")}`,
    reply_to: replyTo ? { party: replyTo[0], index: replyTo[1], serial: "" } : null,
  }) as MessageRecord;
const shown = (named: { party: string; index: number }[]): string[] =>
  named.map((one) => `${one.party} ${one.index}`);

describe("a thread", () => {
  it("holds answers to answers, in the order of the record", () => {
    const records = [
      record("alpha", 1, 1),
      record("bravo", 5, 2),
      record("bravo", 6, 3, ["alpha", 1]),
      record("alpha", 2, 4, ["bravo", 6]),
    ];
    expect(shown(threadOf([{ party: "alpha", index: 1 }], records))).toEqual([
      "alpha 1",
      "bravo 6",
      "alpha 2",
    ]);
  });
  it("finds an answer that was recorded before what it answers", () => {
    const records = [
      record("bravo", 7, 1, ["alpha", 3]),
      record("alpha", 3, 2, ["alpha", 1]),
      record("alpha", 1, 3),
    ];
    expect(shown(threadOf([{ party: "alpha", index: 1 }], records))).toEqual([
      "bravo 7",
      "alpha 3",
      "alpha 1",
    ]);
  });
  it("puts what the table has no more first, in the order given", () => {
    const named = [
      { party: "alpha", index: 1 },
      { party: "bravo", index: 1 },
      { party: "alpha", index: 9 },
    ];
    const records = [record("bravo", 1, 2_000)];
    expect(shown(threadOf(named, records))).toEqual(["alpha 1", "alpha 9", "bravo 1"]);
  });
  it("does not mix outboxes of two parties with one index", () => {
    const records = [record("alpha", 1, 1), record("bravo", 2, 2, ["bravo", 1])];
    expect(shown(threadOf([{ party: "alpha", index: 1 }], records))).toEqual(["alpha 1"]);
  });
});

it("names the messages of a matter once each, the opening one first", () => {
  const step = (party: string, serial: string, at: number): unknown => ({ party, serial, at });
  const matter = {
    party: "alpha",
    index: 1,
    standings: [
      { steps: [step("bravo", "BRAVO-0007", 30), step("", "", 35)] },
      { steps: [step("alpha", "ALPHA-0001", 10), step("charlie", "CHARLIE-0002", 20)] },
    ],
  } as unknown as Matter;
  expect(shown(namedByMatter(matter))).toEqual(["alpha 1", "charlie 2", "bravo 7"]);
});

it("reads the index and the author of a serial, and says so where there is none", () => {
  const records = [record("alpha", 1, 1), record("bravo", 2, 2)];
  expect(indexOf(" ALPHA-0012 ")).toBe(12);
  expect(indexOf("ALPHA")).toBe(-1);
  expect(authorOf("bravo-0900", records)).toBe("bravo");
  expect(authorOf("CHARLIE-0001", records)).toBe("");
});

it("takes the words of a message from its body, and nothing that is not words", () => {
  const body = { text: "Wait.", activity: " ", basis: "Liaison.", index: 5, by: { post: "watch" } };
  expect(originalOf({ body } as unknown as Message)).toBe("Wait.\nLiaison.");
  expect(originalOf({ body: null } as Message)).toBe("");
});
