// Symbols with the frames of MIL-STD-2525, drawn once for each kind and side. The frames are
// chosen so that none says enemy: own is friend, another party is unknown, third parties neutral.

import type { Colours } from "./colours";
import type { Side, Thing } from "./things";

type Milsymbol = typeof import("milsymbol");

/** Second digit pair of a 2525D code: pending 0, unknown 1, friend 3, neutral 4. */
const IDENTITY: Record<Side, string> = { own: "3", other: "1", third: "4", unknown: "0" };

/** Symbol set and entity of a 2525D code, by what acts or is there. */
const ENTITY: Record<string, string> = {
  air: "01110000",
  helicopter: "01110200",
  uav: "01110300",
  missile: "02110000",
  sea: "30000000",
  ground: "10000000",
  presence: "20000000",
};

let loading: Promise<Milsymbol> | null = null;
let loaded: Milsymbol | null = null;

/** Load the library when the first symbol is wanted. */
export function loadSymbols(ready: () => void): void {
  loading ??= import("milsymbol");
  void loading.then((found) => {
    loaded = found;
    ready();
  });
}

const SIZE_PX = 18;
const drawn = new Map<string, HTMLCanvasElement>();
let drawnWith = "";

/** The symbol of a thing; null before the library is there. */
export function symbolOf(thing: Thing, colours: Colours): HTMLCanvasElement | null {
  const set = ENTITY[thing.kind] ?? (thing.sort === "site" ? "20000000" : "10000000");
  return symbol(thing.side, set, thing.isExercise, SIZE_PX, colours);
}

/** What moves, by the medium in which it does. */
const MOVING: Record<string, string> = {
  AIR: "01000000",
  GROUND: "10000000",
  SEA: "30000000",
  UNKNOWN: "01000000",
};

const TRACK_SIZE_PX = 13;

/** The symbol of a track; null before the library is there. */
export function trackSymbol(
  side: Side,
  medium: string,
  colours: Colours,
): HTMLCanvasElement | null {
  return symbol(side, MOVING[medium] ?? "01000000", false, TRACK_SIZE_PX, colours);
}

function symbol(
  side: Side,
  set: string,
  isExercise: boolean,
  size: number,
  colours: Colours,
): HTMLCanvasElement | null {
  if (!loaded) return null;
  const theme = colours.ink + colours.side.own;
  if (theme !== drawnWith) drawn.clear();
  drawnWith = theme;
  const context = isExercise ? "1" : "0";
  // Version, context, identity, symbol set, status, HQ, echelon, entity, modifiers.
  const sidc = `10${context}${IDENTITY[side]}${set.slice(0, 2)}0000${set.slice(2)}0000`;
  const key = `${sidc} ${side} ${size}`;
  const kept = drawn.get(key);
  if (kept) return kept;
  const fill = colours.side[side];
  const made = new loaded.default.Symbol(sidc, {
    size,
    colorMode: {
      Civilian: fill,
      Friend: fill,
      Hostile: fill,
      Neutral: fill,
      Unknown: fill,
      Suspect: fill,
    },
    outlineColor: colours.ground,
    outlineWidth: 3,
  }).asCanvas(window.devicePixelRatio);
  drawn.set(key, made);
  return made;
}

/** Whether a thing is shown with a symbol beside its area. */
export function hasSymbol(thing: Thing): boolean {
  return thing.sort === "site" || thing.sort === "movement" || thing.kind in ENTITY;
}
