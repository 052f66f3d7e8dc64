import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isLocked, watchDesk } from "../src/state/lock.svelte";
import { begin, end, type Session } from "../src/state/session.svelte";

const session: Session = {
  name: "Maj. Carter",
  post: "watch",
  posts: ["watch"],
  roles: ["WATCH_OFFICER"],
  rights: [],
  how: "passkey",
  csrf: "",
  began_at: 0,
  ends_at: 0,
  has_password: false,
  passkeys: [],
  is_locked: false,
};

describe("a desk that nobody touches", () => {
  let leave: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", () => Promise.reject(new Error("no node")));
    begin(session);
    leave = watchDesk();
  });
  afterEach(() => {
    leave();
    end();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("is locked, and stays open when it is unlocked without another touch", () => {
    vi.advanceTimersByTime(10 * 60_000);
    expect(isLocked()).toBe(true);
    begin(session);
    vi.advanceTimersByTime(60_000);
    expect(isLocked()).toBe(false);
    vi.advanceTimersByTime(10 * 60_000);
    expect(isLocked()).toBe(true);
  });

  it("stays open when it is unlocked before the next look", () => {
    vi.advanceTimersByTime(10 * 60_000);
    begin(session);
    vi.advanceTimersByTime(10);
    expect(isLocked()).toBe(false);
    vi.advanceTimersByTime(5_000);
    expect(isLocked()).toBe(false);
  });

  it.each(["keydown", "input", "compositionupdate", "pointermove"])(
    "stays open as long as there is a %s now and then, and the node is told",
    (touch) => {
      const told = vi.fn(() => Promise.reject(new Error("no node")));
      vi.stubGlobal("fetch", told);
      const field = document.createElement("input");
      document.body.append(field);
      // What keeps a touch to itself keeps it from nobody who watches over the desk.
      field.addEventListener(touch, (event) => event.stopPropagation());
      for (let minute = 0; minute < 35; minute += 1) {
        vi.advanceTimersByTime(60_000);
        field.dispatchEvent(new Event(touch, { bubbles: true }));
      }
      expect(isLocked()).toBe(false);
      expect(told.mock.calls.length).toBeGreaterThan(30);
      field.remove();
    },
  );
});
