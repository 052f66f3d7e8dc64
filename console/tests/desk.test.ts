import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Alarm, Watch } from "../src/api/things";
import {
  mayBeShelved,
  SHELVED_MS_MAX,
  shelve,
  shelvedUntil,
  standsAs,
  unshelve,
} from "../src/state/alarms.svelte";
import { nodeNow, setClock } from "../src/state/clock.svelte";
import { bounded, isLeft } from "../src/state/lock.svelte";
import { displayed, sortOf } from "../src/state/standing";
import { timersOf } from "../src/state/terms";
import {
  beginning,
  ending,
  isManned,
  isSamePerson,
  isUnmanned,
  toBase64,
} from "../src/state/watch";

const NOW = Date.UTC(2017, 3, 7, 1, 40);

const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  id: "CONFLICT/1",
  name: "CONFLICT",
  precedence: "PRIORITY",
  at: NOW,
  facts: {},
  over_at: null,
  acknowledged: null,
  said: "Two notices are near.",
  ...changes,
});

const watch = (changes: Partial<Watch> = {}): Watch => ({
  party: "alpha.example",
  post: "watch",
  tier: 1,
  hours: "24 h",
  should_be_manned: true,
  state: "OPEN",
  officer: "Maj. Carter",
  since: NOW,
  planned_until: NOW + 1,
  languages: [],
  communicator: "",
  relieved: "",
  brief: "",
  by_node: false,
  serial: "ALPHA-0001",
  offer: null,
  is_past: false,
  said: "",
  ...changes,
});

describe("how an alarm stands at this desk", () => {
  beforeEach(() => {
    setClock(NOW);
    unshelve(alarm());
  });

  it("is unacknowledged, cleared or acknowledged as the node tells", () => {
    expect(standsAs(alarm())).toBe("unacknowledged");
    expect(standsAs(alarm({ over_at: NOW }))).toBe("cleared");
    expect(standsAs(alarm({ acknowledged: { at: NOW }, over_at: NOW }))).toBe("acknowledged");
  });

  it("is shelved for a quarter of an hour at most, and comes back by itself", () => {
    shelve(alarm(), 10 * SHELVED_MS_MAX);
    expect(shelvedUntil(alarm())).toBe(NOW + SHELVED_MS_MAX);
    expect(standsAs(alarm())).toBe("shelved");
    setClock(NOW + SHELVED_MS_MAX);
    expect(nodeNow()).toBe(NOW + SHELVED_MS_MAX);
    expect(standsAs(alarm())).toBe("unacknowledged");
  });

  it("is taken back before", () => {
    shelve(alarm(), 1_000);
    unshelve(alarm());
    expect(standsAs(alarm())).toBe("unacknowledged");
  });

  it("is never shelved as FLASH, nor stays shelved when it becomes one", () => {
    shelve(alarm({ precedence: "FLASH" }), 1_000);
    expect(shelvedUntil(alarm())).toBeUndefined();
    shelve(alarm(), 1_000);
    expect(mayBeShelved(alarm({ precedence: "FLASH" }))).toBe(false);
    expect(standsAs(alarm({ precedence: "FLASH" }))).toBe("unacknowledged");
  });

  it("is shown as acknowledged when the other console took it while it was shelved here", () => {
    shelve(alarm(), 1_000);
    expect(standsAs(alarm({ acknowledged: { at: NOW } }))).toBe("acknowledged");
  });
});

describe("the lock of a desk", () => {
  it.each([
    [10, 10],
    [0, 10],
    [-3, 10],
    [Number.NaN, 10],
    [0.4, 1],
    [31, 30],
    [7.6, 8],
  ])("takes %d minutes as %d", (asked, got) => expect(bounded(asked)).toBe(got));

  it("comes when nobody touched the desk for so long", () => {
    expect(isLeft(NOW, NOW + 599_999, 10)).toBe(false);
    expect(isLeft(NOW, NOW + 600_000, 10)).toBe(true);
  });
});

describe("a watch", () => {
  const begun = {
    now: NOW,
    language: "en",
    post: "watch",
    officer: "Lt. Vega",
    plannedUntil: NOW + 28_800_000,
    languages: ["ru", "ar", "ru"],
    communicator: "",
    remark: "",
  };

  it("is opened without a word on anybody before", () => {
    const fields = beginning(begun, undefined);
    expect(fields["change"]).toBe("OPENED");
    expect(fields["languages"]).toEqual(["ar", "ru"]);
    expect(fields).not.toHaveProperty("relieved");
    expect(fields["planned_until"]).toBe("2017-04-07T09:40:00.000Z");
  });

  it("is taken over from whoever offers it, with the hash of the brief", () => {
    const offer = { post: "watch", officer: "Maj. Carter", at: NOW, brief: "00ff10" };
    const fields = beginning(begun, watch({ offer }));
    expect(fields).toMatchObject({
      change: "TAKEN_OVER",
      relieved: "Maj. Carter",
      brief: "AP8Q",
    });
    expect(beginning(begun, watch())).not.toHaveProperty("brief");
  });

  it("ends under the name of the last officer", () => {
    expect(ending("UNMANNED", watch(), NOW, "", "en")).toMatchObject({
      change: "UNMANNED",
      officer: "Maj. Carter",
    });
  });

  it("is unmanned where somebody should be and nobody is", () => {
    expect(isUnmanned(watch())).toBe(false);
    expect(isUnmanned(watch({ state: "CLOSED" }))).toBe(true);
    expect(isUnmanned(watch({ state: "NOT_OPENED", officer: "" }))).toBe(true);
    expect(isUnmanned(watch({ state: "NOT_OPENED", officer: "", should_be_manned: null }))).toBe(
      false,
    );
    expect(isUnmanned(watch({ state: "UNMANNED", should_be_manned: false }))).toBe(true);
    expect(isManned(watch({ state: "OVERDUE" }))).toBe(true);
  });

  it("tells persons as the node does", () => {
    expect(isSamePerson("Maj.  Carter", "maj. carter ")).toBe(true);
    expect(isSamePerson("Maj. Carter", "Maj. Carver")).toBe(false);
  });

  it("makes no bytes of what is no hash", () => expect(toBase64("xyz")).toBe(""));
});

describe("what the line says of itself", () => {
  it("is unknown before the node told it, and bad where the word is new", () => {
    expect(displayed(null).word).toBe("UNKNOWN");
    expect(displayed(null).checks_due.parties).toEqual({});
    expect(sortOf("ACTIVE")).toBe("good");
    expect(sortOf("A_WORD_OF_TOMORROW")).toBe("bad");
  });

  it("has the timers of its Understanding", () => {
    const toml =
      '[other]\ntick = "1 s"\n[timers]\n# why\ntick = "500 ms"\nlost = 6  # default\n[[a]]\n';
    expect(timersOf(toml)).toEqual([
      { name: "tick", value: "500 ms" },
      { name: "lost", value: "6" },
    ]);
  });
});

describe("a refusal", () => {
  it("has the session read anew, for it may have been locked", async () => {
    const { read } = await import("../src/api/client");
    const session = await import("../src/state/session.svelte");
    const open = { name: "Maj. Carter", csrf: "1", rights: [], is_locked: false };
    session.begin(open as unknown as Parameters<typeof session.begin>[0]);
    const answers: Record<string, [number, unknown]> = {
      "/lines": [403, { error: { what: "The session is locked." } }],
      "/session": [200, { ...open, is_locked: true }],
    };
    vi.stubGlobal("fetch", (path: string) => {
      const [status, body] = answers[path.split("?")[0] ?? ""] ?? [404, {}];
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    });
    await expect(read("/lines")).rejects.toThrow("locked");
    await vi.waitFor(() => expect(session.currentSession()?.is_locked).toBe(true));
    vi.unstubAllGlobals();
  });
});
