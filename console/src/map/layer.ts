// Draws the things of a line. Ten thousand of them are drawn anew in each frame: what lies outside
// is skipped, all areas of one look are one path, and what is small on the screen is a mark in the
// shape of its side. Whose it is shows in dash, shape and colour alike.

import Layer from "ol/layer/Layer";
import type { FrameState } from "ol/Map";
import { bandOf, bandsMeet, type Range } from "./altitudes";
import type { Colours } from "./colours";
import type { Place } from "./geodesy";
import { outlineOf } from "./outlines";
import { boxOf, Drawing, Labels, ringOf, xOf, yOf, type Box, type Ring, type Sheet } from "./paper";
import { drawPlaces, type Named } from "./places";
import { hasSymbol, loadSymbols, symbolOf } from "./symbols";
import {
  isShown,
  placeAt,
  thingKey,
  type Clash,
  type Filter,
  type Side,
  type Thing,
} from "./things";
import { isInForce } from "./volumes";

interface Part {
  thing: Thing;
  key: string;
  from: number;
  until: number;
  band: Range;
  ring: Ring;
  box: Box;
  /** What is drawn alike has one look: to come, and in force. */
  looks: readonly [string, string];
  /** The middle of a corridor's line; null of other shapes. */
  line: [x: number, y: number] | null;
  /** The turn of the globe by which it was drawn last. */
  turn: number;
}

export interface Shown {
  filter: Filter;
  /** The node's time: what is in force now is filled, what is to come is not. */
  now: number;
  selected: string;
  /** Things lit with the selected one, such as both sides of a conflict. */
  lit: readonly string[];
  hovered: string;
}

/** Words that the map writes, in the officer's language. */
export interface MapWords {
  title(thing: Thing): string;
  clash(clash: Clash): string;
}

const MARK_PX = 9;
const MARK_CELL_PX = 5;
const LABELS_MAX = 90;
const SYMBOLS_MAX = 250;
/** So many areas are a crowd: then small ones are marks, and no area is filled. */
const CROWD = 800;
const CROWD_MARK_PX = 40;
/** The more there are, the larger are those that are marks still. */
const THRONG = 3_000;
const THRONG_MARK_PX = 90;
/** Areas in one path: a path of thousands is slow to fill, for every edge meets every other. */
const PATH_AREAS_MAX = 100;

const DASH: Record<Side, number[]> = { own: [], other: [9, 5], third: [2, 4], unknown: [1, 7] };
const PRIVATE_DASH = [12, 4, 2, 4];

export class ThingsLayer {
  private readonly drawing = new Drawing("map-things");
  readonly layer = new Layer({ render: (frame) => this.render(frame) });
  private readonly parts = new Map<Thing, Part[]>();
  private order: Part[] = [];
  private byKey = new Map<string, Part[]>();
  private clashes: readonly Clash[] = [];
  private places: readonly Named[] = [];
  private visible: Part[] = [];
  private sheet: Sheet | null = null;

  constructor(
    private colours: Colours,
    private words: MapWords,
    private shown: Shown,
  ) {}

  /** Show these things; what is unchanged keeps its outline. */
  setThings(things: readonly Thing[]): void {
    const kept = new Set(things);
    for (const thing of this.parts.keys()) if (!kept.has(thing)) this.parts.delete(thing);
    for (const thing of things) if (!this.parts.has(thing)) this.parts.set(thing, partsOf(thing));
    // Zones and sites lie below what comes and goes.
    const rank = (thing: Thing): number =>
      thing.sort === "zone" ? 0 : thing.sort === "site" ? 1 : 2;
    const ordered = [...things].sort((one, other) => rank(one) - rank(other));
    this.order = ordered.flatMap((thing) => this.parts.get(thing) ?? []);
    this.byKey = new Map();
    for (const part of this.order) {
      const held = this.byKey.get(part.key);
      if (held) held.push(part);
      else this.byKey.set(part.key, [part]);
    }
    if (things.some(hasSymbol)) loadSymbols(() => this.layer.changed());
    this.layer.changed();
  }

  setClashes(clashes: readonly Clash[]): void {
    this.clashes = clashes;
    this.layer.changed();
  }

  setPlaces(places: readonly Named[]): void {
    this.places = places;
    this.layer.changed();
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.layer.changed();
  }

  setColours(colours: Colours): void {
    this.colours = colours;
    this.layer.changed();
  }

  /** Where a thing lies, or all of them. */
  boxOf(key?: string): Box | null {
    const parts = key === undefined ? this.order : (this.byKey.get(key) ?? []);
    if (parts.length === 0) return null;
    return [
      Math.min(...parts.map((one) => one.box[0])),
      Math.min(...parts.map((one) => one.box[1])),
      Math.max(...parts.map((one) => one.box[2])),
      Math.max(...parts.map((one) => one.box[3])),
    ];
  }

  /** What is in view now, each thing once. */
  inView(): Thing[] {
    return [...new Set(this.visible.map((one) => one.thing))];
  }

  /** The things at a point of the screen, the smallest first. */
  at(x: number, y: number): Thing[] {
    const { sheet } = this;
    if (!sheet) return [];
    const px = sheet.box[0] + x * sheet.resolution;
    const py = sheet.box[3] - y * sheet.resolution;
    const reach = MARK_PX * sheet.resolution;
    const hits = this.visible.filter(({ box, ring, turn }) => {
      const x = px - turn;
      if (x < box[0] - reach || x > box[2] + reach) return false;
      if (py < box[1] - reach || py > box[3] + reach) return false;
      const isSmall = box[2] - box[0] < 2 * reach;
      return isSmall || isWithin(ring, x, py);
    });
    hits.sort((one, other) => areaOf(one.box) - areaOf(other.box));
    return [...new Set(hits.map((one) => one.thing))];
  }

  private render(frame: FrameState): HTMLElement {
    return this.drawing.render(frame, (sheet) => {
      this.sheet = sheet;
      this.draw(sheet);
    });
  }

  private draw(sheet: Sheet): void {
    const { filter } = this.shown;
    this.visible = this.order.filter((part) => {
      if (!isShown(part, filter) || !bandsMeet(part.band, filter.band)) return false;
      part.turn = sheet.turnOf(part.box);
      return sheet.sees(part.box, part.turn);
    });
    const count = this.visible.length;
    const markPx = count > THRONG ? THRONG_MARK_PX : count > CROWD ? CROWD_MARK_PX : MARK_PX;
    const areas = new Map<string, Part[]>();
    const marks = new Map<string, Part[]>();
    for (const part of this.visible) {
      const { box } = part;
      const size = Math.max(box[2] - box[0], box[3] - box[1]) / sheet.resolution;
      const group = size < markPx ? marks : areas;
      const look = part.looks[this.isInForce(part) ? 1 : 0];
      const held = group.get(look);
      if (held) held.push(part);
      else group.set(look, [part]);
    }
    for (const parts of areas.values()) this.drawAreas(sheet, parts);
    for (const parts of marks.values()) this.drawMarks(sheet, parts);
    this.drawLit(sheet);
    this.drawRoutes(sheet);
    this.drawSymbols(sheet);
    const labels = new Labels(sheet, LABELS_MAX);
    this.drawClashes(sheet, labels);
    this.drawLabels(sheet, labels);
    drawPlaces(sheet, this.places, labels, this.colours);
  }

  private isInForce(part: Part): boolean {
    return isInForce(part, this.shown.filter.at ?? this.shown.now);
  }

  private drawAreas(sheet: Sheet, parts: Part[]): void {
    const { ctx } = sheet;
    const { thing } = parts[0] as Part;
    const colour = this.colours.side[thing.side];
    const isInForce = this.isInForce(parts[0] as Part);
    const isCrowd = this.visible.length > CROWD;
    ctx.fillStyle = colour;
    ctx.strokeStyle = colour;
    ctx.lineWidth = thing.sort === "zone" ? 3 : 1.6;
    ctx.setLineDash(isCrowd ? [] : thing.isPrivate ? PRIVATE_DASH : DASH[thing.side]);
    for (let from = 0; from < parts.length; from += PATH_AREAS_MAX) {
      ctx.beginPath();
      for (const part of parts.slice(from, from + PATH_AREAS_MAX)) {
        sheet.trace(part.ring, true, part.turn);
      }
      ctx.globalAlpha = isInForce ? 0.22 : 0.05;
      if (!isCrowd) ctx.fill("nonzero");
      ctx.globalAlpha = isInForce ? 1 : 0.65;
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  private drawMarks(sheet: Sheet, parts: Part[]): void {
    const first = parts[0] as Part;
    const { ctx } = sheet;
    const { side } = first.thing;
    ctx.fillStyle = this.colours.side[side];
    ctx.strokeStyle = this.colours.side[side];
    ctx.lineWidth = 1;
    const isInForce = this.isInForce(first);
    // Marks that fall together are one mark.
    const places = new Map<number, [x: number, y: number]>();
    for (const part of parts) {
      const [x, y] = middleOf(sheet, part);
      places.set(Math.round(x / MARK_CELL_PX) * 10_000 + Math.round(y / MARK_CELL_PX), [x, y]);
    }
    const apart = [...places.values()];
    for (let from = 0; from < apart.length; from += PATH_AREAS_MAX) {
      ctx.beginPath();
      for (const [x, y] of apart.slice(from, from + PATH_AREAS_MAX)) trace(ctx, side, x, y, 4);
      if (isInForce) ctx.fill();
      else ctx.stroke();
    }
  }

  /** What is in hand, what is lit with it, and what the pointer is over. */
  private drawLit(sheet: Sheet): void {
    const { ctx } = sheet;
    const { selected, lit, hovered } = this.shown;
    for (const key of new Set([hovered, ...lit, selected])) {
      const parts = this.byKey.get(key) ?? [];
      ctx.beginPath();
      for (const part of parts) {
        if (!sheet.sees(part.box, part.turn)) continue;
        sheet.trace(part.ring, true, part.turn);
        const width = (part.box[2] - part.box[0]) / sheet.resolution;
        if (width < 2 * MARK_PX) {
          const [x, y] = middleOf(sheet, part);
          ctx.moveTo(x + MARK_PX, y);
          ctx.arc(x, y, MARK_PX, 0, 2 * Math.PI);
        }
      }
      ctx.lineWidth = key === hovered ? 2 : 5;
      ctx.strokeStyle = this.colours.ground;
      ctx.stroke();
      ctx.lineWidth = key === hovered ? 1.5 : 3;
      ctx.strokeStyle = this.colours.focus;
      ctx.stroke();
    }
  }

  private drawRoutes(sheet: Sheet): void {
    const { ctx } = sheet;
    for (const { thing } of firstParts(this.visible)) {
      if (thing.route.length < 2) continue;
      ctx.beginPath();
      sheet.trace(ringOf(thing.route.map((one) => one.place)), false);
      for (const stop of thing.route) {
        if (Number.isNaN(stop.arrives)) continue;
        const [x, y] = [sheet.x(xOf(stop.place.lon)), sheet.y(yOf(stop.place.lat))];
        ctx.moveTo(x + 3, y);
        ctx.arc(x, y, 3, 0, 2 * Math.PI);
      }
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = this.colours.side[thing.side];
      ctx.stroke();
    }
  }

  private drawSymbols(sheet: Sheet): void {
    const { ctx } = sheet;
    const isCrowd = this.visible.length > CROWD;
    let left = SYMBOLS_MAX;
    for (const part of firstParts(this.visible)) {
      const { thing } = part;
      // In a crowd of notices only what stands and what moves keeps its symbol.
      if (!hasSymbol(thing) || (isCrowd && thing.sort === "notice")) continue;
      if (left === 0) break;
      left -= 1;
      const symbol = symbolOf(thing, this.colours);
      if (!symbol) return;
      const moving = placeAt(thing.route, this.shown.filter.at ?? this.shown.now);
      const first = moving ?? thing.route[0]?.place;
      const [x, y] = first
        ? [sheet.x(xOf(first.lon)), sheet.y(yOf(first.lat))]
        : middleOf(sheet, part);
      const ratio = window.devicePixelRatio;
      const [width, height] = [symbol.width / ratio, symbol.height / ratio];
      ctx.drawImage(symbol, x - width / 2, y - height / 2, width, height);
    }
  }

  private drawClashes(sheet: Sheet, labels: Labels): void {
    const { ctx } = sheet;
    const { filter, selected } = this.shown;
    ctx.font = `600 12px ${this.colours.font}`;
    for (const clash of this.clashes) {
      const isSelected = selected === `conflict ${clash.key}`;
      if (!isSelected && !isShown(clash, filter)) continue;
      const [x, y] = [sheet.x(xOf(clash.at.lon)), sheet.y(yOf(clash.at.lat))];
      if (x < -50 || y < -50 || x > sheet.width + 50 || y > sheet.height + 50) continue;
      ctx.beginPath();
      if (clash.ends) sheet.trace(ringOf(clash.ends), false);
      // A cross in a ring: where they are nearest, or meet.
      ctx.moveTo(x - 5, y - 5);
      ctx.lineTo(x + 5, y + 5);
      ctx.moveTo(x + 5, y - 5);
      ctx.lineTo(x - 5, y + 5);
      ctx.moveTo(x + 9, y);
      ctx.arc(x, y, 9, 0, 2 * Math.PI);
      ctx.lineWidth = isSelected ? 6 : 4;
      ctx.strokeStyle = this.colours.ground;
      ctx.stroke();
      ctx.lineWidth = isSelected ? 3 : 2;
      ctx.strokeStyle = this.colours.bad;
      ctx.stroke();
      labels.write(
        this.words.clash(clash),
        x,
        y - 20,
        this.colours.bad,
        this.colours.ground,
        isSelected,
      );
    }
  }

  private drawLabels(sheet: Sheet, labels: Labels): void {
    const { ctx } = sheet;
    const { selected, lit } = this.shown;
    ctx.font = `12px ${this.colours.font}`;
    const write = (part: Part, isSure: boolean): void => {
      const [x, middle] = middleOf(sheet, part);
      const isLine = part.thing.parts[0]?.shape === "CORRIDOR";
      const y = isLine ? middle + 20 : sheet.y(part.box[1]) + 11;
      const ink = isSure ? this.colours.ink : this.colours.side[part.thing.side];
      labels.write(this.words.title(part.thing), x, y, ink, this.colours.ground, isSure);
    };
    for (const key of [selected, ...lit]) {
      const part = this.byKey.get(key)?.[0];
      if (part) write(part, true);
    }
    if (this.visible.length > CROWD) return;
    for (const part of firstParts(this.visible)) {
      if (part.key !== selected && !lit.includes(part.key)) write(part, false);
    }
  }
}

/** Each thing once, by the first of its parts: those of one thing follow each other. */
function firstParts(parts: readonly Part[]): Part[] {
  return parts.filter((part, n) => part.thing !== parts[n - 1]?.thing);
}

function partsOf(thing: Thing): Part[] {
  const key = thingKey(thing);
  const look = `${thing.side} ${thing.sort === "zone"} ${thing.isPrivate}`;
  const looks = [look, `${look} in force`] as const;
  return thing.parts.map((part) => {
    const { from, until } = part;
    const ring = ringOf(outlineOf(part));
    const [band, box] = [bandOf(part), boxOf(ring)];
    const line = part.shape === "CORRIDOR" ? middleOfLine(part.vertices) : null;
    return { thing, key, looks, from, until, band, ring, box, line, turn: 0 };
  });
}

/** The middle of the middle leg. */
function middleOfLine(vertices: readonly Place[]): [x: number, y: number] {
  const at = Math.floor((vertices.length - 1) / 2);
  const leg = ringOf(vertices.slice(at, at + 2));
  const [x = 0, y = 0, x2 = x, y2 = y] = leg;
  return [(x + x2) / 2, (y + y2) / 2];
}

/** Where a mark or a symbol stands for it: the middle of its box, or of its line. */
function middleOf(sheet: Sheet, part: Part): [x: number, y: number] {
  const { box, turn, line } = part;
  const at = line ?? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return [sheet.x((at[0] as number) + turn), sheet.y(at[1] as number)];
}

/** Corners of the mark of each side, of size one: round, diamond, square, upright cross. */
const CORNERS: Record<Side, readonly (readonly [x: number, y: number])[]> = {
  own: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => {
    const turn = ((2 * n + 1) * Math.PI) / 8;
    return [Math.cos(turn), Math.sin(turn)];
  }),
  other: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  third: [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
  unknown: [
    [-1, 0],
    [1, 0],
    [0, 0],
    [0, -1],
    [0, 1],
    [0, 0],
  ],
};

/** Add the mark of a side to the path. */
function trace(ctx: CanvasRenderingContext2D, side: Side, x: number, y: number, r: number): void {
  const corners = CORNERS[side];
  const [lastX = 0, lastY = 0] = corners.at(-1) ?? [];
  ctx.moveTo(x + lastX * r, y + lastY * r);
  for (const [dx, dy] of corners) ctx.lineTo(x + dx * r, y + dy * r);
}

const areaOf = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);

/** Whether a point lies in a ring, by the crossings to its right. */
export function isWithin(ring: Ring, x: number, y: number): boolean {
  let isInside = false;
  for (let n = 0, before = ring.length - 2; n < ring.length; before = n, n += 2) {
    const [x1, y1] = [ring[n] as number, ring[n + 1] as number];
    const [x2, y2] = [ring[before] as number, ring[before + 1] as number];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
  }
  return isInside;
}
