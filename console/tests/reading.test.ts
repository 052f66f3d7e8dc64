import { describe, expect, it } from "vitest";
import type { MessageRecord } from "../src/api/things";
import { Line } from "../src/state/line.svelte";
import { logged } from "../src/state/log";
import { tellAll } from "../src/state/table.svelte";
import { visible } from "../src/state/visible";

describe("what a counterpart wrote", () => {
  it("comes out as it went in where it is plain", () => {
    for (const text of ["Wait.\nNow.", "Ждите <b>&amp;", "نرسل وفدًا", "می\u200cخواهم", "e\u0301"])
      expect(visible(text)).toBe(text);
  });
  it("shows what is unseen or steers its neighbours as codes", () => {
    expect(visible("a\u202eb\u202c\u200b\u2066\u00ad\u0007\ufeff")).toBe(
      "a⟨U+202E⟩b⟨U+202C⟩⟨U+200B⟩⟨U+2066⟩⟨U+00AD⟩⟨U+0007⟩⟨U+FEFF⟩",
    );
  });
  it("cuts a tower of marks", () => {
    expect(visible(`a${"\u0301".repeat(6)}`)).toBe(`a${"\u0301".repeat(4)}⟨U+0301⟩⟨U+0301⟩`);
  });
});

const record = (index: number, change: Partial<MessageRecord> = {}): MessageRecord =>
  ({
    position: index,
    party: "alpha",
    epoch: 1,
    index,
    serial: `ALPHA-000${index}`,
    kind: "TEXT",
    precedence: "ROUTINE",
    by: { officer: "Maj. Carter", post: "watch" },
    notice_id: "",
    marks: { recorded: 1, delivered: {}, read: [], read_back: [], answered: [] },
    ...change,
  }) as MessageRecord;

describe("the log", () => {
  const all = [record(1), record(2, { party: "bravo", kind: "NOTICE", precedence: "FLASH" })];
  const EVERY = { party: "", kind: "", precedence: "", words: "" };
  it("has the newest first", () => {
    expect(logged(all, EVERY).map((one) => one.position)).toEqual([2, 1]);
  });
  it("narrows by party, kind, precedence and words", () => {
    const positions = (change: Partial<typeof EVERY>): number[] =>
      logged(all, { ...EVERY, ...change }).map((one) => one.position);
    expect(positions({ party: "bravo" })).toEqual([2]);
    expect(positions({ kind: "TEXT" })).toEqual([1]);
    expect(positions({ precedence: "FLASH" })).toEqual([2]);
    expect(positions({ words: "carter 0001" })).toEqual([1]);
  });
});

describe("a receipt that comes in", () => {
  it("marks our own messages of the newest outbox as delivered, and no others", () => {
    const line = new Line("l", "alpha");
    line.messages.replace([
      record(0, { epoch: 1 }),
      record(0, { epoch: 2, position: 5 }),
      record(1, { epoch: 2, position: 6 }),
      record(0, { party: "bravo", position: 7 }),
    ]);
    line.take("delivered", { party: "bravo", from: 0, until: 1, at: 99 } as never);
    tellAll();
    expect(line.messages.all.map((one) => one.marks.delivered["bravo"])).toEqual([
      undefined,
      99,
      undefined,
      undefined,
    ]);
  });
});
