import { describe, expect, it } from "vitest";
import type { MessageRecord, Watch } from "../src/api/things";
import { fittingCount } from "../src/state/fitting.svelte";
import { isOnWatch, isReadByOpening } from "../src/state/opened.svelte";

const ME = { name: "Maj. Carter", post: "watch" };
const watch = (change: Partial<Watch>): Watch =>
  ({ party: "alpha", post: "watch", officer: "Maj. Carter", state: "OPEN", ...change }) as Watch;

describe("who is on watch", () => {
  it("is whoever has the open watch of the post", () => {
    expect(isOnWatch([watch({})], "alpha", ME)).toBe(true);
    expect(isOnWatch([watch({ officer: "MAJ.  CARTER" })], "alpha", ME)).toBe(true);
  });
  it.each([
    ["another officer", { officer: "Lt. Second" }],
    ["another post", { post: "commander" }],
    ["another party", { party: "bravo" }],
    ["one before", { is_past: true }],
    ["a closed one", { state: "CLOSED" }],
    ["one that nobody stands", { state: "UNMANNED" }],
  ])("is not by the watch of %s", (_, change) => {
    expect(isOnWatch([watch(change)], "alpha", ME)).toBe(false);
  });
});

const message = (change: Partial<MessageRecord>): MessageRecord =>
  ({
    party: "bravo",
    kind: "WARNING",
    precedence: "FLASH",
    by: ME,
    recipients: ["alpha"],
    marks: { recorded: null, delivered: {}, read: [], read_back: [], answered: [] },
    ...change,
  }) as MessageRecord;

describe("what opening a message says", () => {
  it.each(["FLASH", "IMMEDIATE"])("is that it is read, with %s", (precedence) => {
    expect(isReadByOpening(message({ precedence }), "alpha")).toBe(true);
  });
  it.each(["PRIORITY", "ROUTINE"])("is nothing, with %s", (precedence) => {
    expect(isReadByOpening(message({ precedence }), "alpha")).toBe(false);
  });
  it("is nothing of our own, of a receipt, or of what was read", () => {
    expect(isReadByOpening(message({ party: "alpha" }), "alpha")).toBe(false);
    expect(isReadByOpening(message({ kind: "READ" }), "alpha")).toBe(false);
    const read = [{ party: "alpha" }] as MessageRecord["marks"]["read"];
    const marks = { ...message({}).marks, read };
    expect(isReadByOpening(message({ marks }), "alpha")).toBe(false);
  });
});

describe("what has a place in a row", () => {
  it("is what stands as high as the first", () => {
    expect(fittingCount([])).toBe(0);
    expect(fittingCount([4, 4, 4])).toBe(3);
    expect(fittingCount([4, 4, 44, 44])).toBe(2);
  });
});
