import { describe, expect, it } from "vitest";
import type { AirAlert, Track } from "../src/api/things";
import { Air } from "../src/state/air.svelte";

const NOW = 1_800_000_000_000;

function track(id: string, said: Partial<Track> = {}): Track {
  return {
    id,
    address: id,
    state: "LIVE",
    quality: "GOOD",
    flags: [],
    affiliation: "UNKNOWN",
    claimed: "UNKNOWN",
    assessed: null,
    medium: "AIR",
    callsign: "",
    squawk: "",
    sort: "",
    lat_deg: 34.5,
    lon_deg: 36.9,
    altitude_m: null,
    datum: null,
    is_on_ground: null,
    course_deg: null,
    speed_mps: null,
    climb_mps: null,
    accuracy_m: null,
    feed: "mast",
    feeds: ["mast"],
    first_at: NOW,
    heard_at: NOW,
    position_at: NOW,
    ...said,
  } as Track;
}

function alert(track: string, about: string, precedence = "PRIORITY"): AirAlert {
  return { id: `${track}/${about}`, track, about, precedence } as AirAlert;
}

describe("the air picture", () => {
  it("keeps what did not change and lets go of what is gone", () => {
    const air = new Air();
    air.take({ at: NOW, tracks: [track("a"), track("b")], gone: [], alerts: [] });
    air.take({ at: NOW + 1_000, tracks: [track("c")], gone: ["a"], alerts: [] });
    expect(air.tracks.map((one) => one.id)).toEqual(["b", "c"]);
    expect(air.track("a")).toBeUndefined();
    expect(air.trail("a")).toEqual([]);
    expect(air.at).toBe(NOW + 1_000);
  });

  it("shows whose a track is as the last word of the node has it", () => {
    const air = new Air();
    air.take({ at: NOW, tracks: [track("a")], gone: [], alerts: [] });
    const assessed = { verdict: "OURS", party: "" } as Track["assessed"];
    const now = track("a", { affiliation: "OWN", assessed });
    air.take({ at: NOW, tracks: [now], gone: [], alerts: [] });
    expect(air.track("a")?.affiliation).toBe("OWN");
    expect(air.track("a")?.assessed?.verdict).toBe("OURS");
  });

  it("begins a trail with what the node had, and adds a point every few seconds", () => {
    const air = new Air();
    const trail = [
      { at: NOW - 10_000, lat_e7: 344_000_000, lon_e7: 368_000_000, altitude_m: null },
    ];
    air.take({ at: NOW, tracks: [track("a", { trail })], gone: [], alerts: [] });
    expect(air.trail("a")).toEqual([
      { at: NOW - 10_000, lat: 34.4, lon: 36.8 },
      { at: NOW, lat: 34.5, lon: 36.9 },
    ]);
    for (const after of [1_000, 4_999, 5_000]) {
      const moved = track("a", { position_at: NOW + after, lat_deg: 35 });
      air.take({ at: NOW + after, tracks: [moved], gone: [], alerts: [] });
    }
    expect(air.trail("a").map((one) => one.at)).toEqual([NOW - 10_000, NOW, NOW + 5_000]);
  });

  it("bounds each trail", () => {
    const air = new Air();
    for (let n = 0; n < 200; n += 1) {
      const at = NOW + n * 5_000;
      air.take({ at, tracks: [track("a", { position_at: at })], gone: [], alerts: [] });
    }
    expect(air.trail("a")).toHaveLength(60);
    expect(air.trail("a").at(-1)?.at).toBe(NOW + 199 * 5_000);
  });

  it("draws no trail without a place", () => {
    const air = new Air();
    const nowhere = track("a", { lat_deg: null, lon_deg: null, position_at: null });
    air.take({ at: NOW, tracks: [nowhere], gone: [], alerts: [] });
    expect(air.trail("a")).toEqual([]);
  });

  it("finds the gravest alert of a track, its own or with it as the other", () => {
    const air = new Air();
    const alerts = [alert("a", "b", "FLASH"), alert("b", "x"), alert("c", "area")];
    air.take({ at: NOW, tracks: [track("a"), track("b")], gone: [], alerts });
    expect(air.alertOf("b")?.precedence).toBe("FLASH");
    expect(air.alertOf("c")?.about).toBe("area");
    expect(air.alertOf("d")).toBeUndefined();
    air.take({ at: NOW, tracks: [], gone: [], alerts: [] });
    expect(air.alertOf("b")).toBeUndefined();
  });
});
