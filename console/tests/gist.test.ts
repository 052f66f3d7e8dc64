import { describe, expect, it } from "vitest";
import type { Message } from "../src/api/things";
import { gist } from "../src/state/gist";

const message = (body: Record<string, unknown> | null): Message =>
  ({ body, text: "The whole text." }) as unknown as Message;

describe("the gist of a message", () => {
  it("has the words of its author, the danger before the place", () => {
    const said = { place: "3 NM west of Khasham", what: "Artillery fires", precedence: "FLASH" };
    expect(gist(message(said))).toBe("Artillery fires · 3 NM west of Khasham");
  });

  it("has what was seen", () => {
    const said = { question: "ARE_THESE_YOURS", objects: [{ what: "six trucks", count: 6 }] };
    expect(gist(message(said))).toBe("six trucks");
  });

  it("is the whole text where nobody wrote freely or nothing can be read, and is bounded", () => {
    expect(gist(message({}))).toBe("The whole text.");
    expect(gist(message(null))).toBe("The whole text.");
    expect(gist(message({ text: "W".repeat(9_000) })).length).toBe(300);
  });
});
