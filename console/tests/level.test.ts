import { describe, expect, it } from "vitest";
import { levelOf } from "../src/state/level";

describe("the level of a microphone", () => {
  it("goes from a quiet room to as loud as can be", () => {
    const steady = (height: number): number => levelOf(new Float32Array(100).fill(height));
    expect(steady(0)).toBe(0);
    expect(steady(0.001)).toBe(0);
    expect(steady(0.1)).toBe(67);
    expect(steady(1)).toBe(100);
    expect(levelOf(new Float32Array())).toBe(0);
  });
});
