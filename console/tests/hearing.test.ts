import { describe, expect, it } from "vitest";
import { qualityOf } from "../src/state/hearing";

const BEGUN = { received: 1_000, lost: 50, jitterMs: 0, delayMs: 0 };

describe("how well the other end is heard", () => {
  it("is told by what was lost since, and by the worst of delay and jitter", () => {
    const after = (received: number, lost: number, jitterMs: number, delayMs: number): string =>
      qualityOf(BEGUN, { received: 1_000 + received, lost: 50 + lost, jitterMs, delayMs }).said;
    expect(after(250, 0, 5, 20)).toBe("good");
    expect(after(250, 0, 41, 20)).toBe("uneven");
    expect(after(240, 10, 5, 20)).toBe("uneven");
    expect(after(250, 0, 5, 401)).toBe("poor");
    expect(after(200, 50, 5, 20)).toBe("poor");
  });

  it("counts no packet that came late as lost less than nothing", () => {
    const late = { received: 1_100, lost: 40, jitterMs: 0, delayMs: 0 };
    expect(qualityOf(BEGUN, late).lossPercent).toBe(0);
  });
});
