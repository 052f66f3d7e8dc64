import { afterEach, describe, expect, it, vi } from "vitest";
import { Picture } from "../src/state/picture.svelte";
import { begin } from "../src/state/session.svelte";

/** A node whose stream begins and then stays silent; it counts how often its status is read. */
function node(): () => number {
  let asked = 0;
  vi.stubGlobal("fetch", (path: string) => {
    if (path.split("?")[0]?.endsWith("/status")) {
      asked += 1;
      const status = { now: 0, party: "alpha.example", version: "1", lines: [] };
      return Promise.resolve(new Response(JSON.stringify(status), { status: 200 }));
    }
    const stream = new ReadableStream({
      start: (to) => to.enqueue(new TextEncoder().encode("id: 1-a-1\n: 3 s\n\n")),
    });
    return Promise.resolve(new Response(stream, { status: 200 }));
  });
  return () => asked;
}

const session = (is_locked: boolean) =>
  begin({ name: "Maj. Carter", csrf: "1", rights: [], is_locked } as never);

describe("the picture", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("reads the ticks anew on any screen, while it is connected and not locked", async () => {
    vi.useFakeTimers();
    const asked = node();
    session(false);
    const picture = new Picture();
    picture.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(picture.isConnected).toBe(true);
    expect(asked()).toBe(1);
    session(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toBe(1);
    session(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked()).toBe(2);
    picture.stop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked()).toBe(2);
  });
});
