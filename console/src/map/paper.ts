// Paper: how places of the globe lie on the screen (Mercator), and how rings are drawn there with
// no more points than can be seen.

import type { FrameState } from "ol/Map";
import type { Place } from "./geodesy";

/** x, y, x, y, … in metres of the Mercator map. */
export type Ring = Float64Array;

export type Box = readonly [west: number, south: number, east: number, north: number];

const AXIS_M = 6_378_137;
const LAT_MAX = 85.05;
const RAD = Math.PI / 180;

export const WORLD_M = 2 * Math.PI * AXIS_M;

export function xOf(lon: number): number {
  return lon * RAD * AXIS_M;
}

export function yOf(lat: number): number {
  const kept = Math.max(-LAT_MAX, Math.min(LAT_MAX, lat));
  return AXIS_M * Math.log(Math.tan(Math.PI / 4 + (kept * RAD) / 2));
}

export function placeAtPoint(x: number, y: number): Place {
  const lon = x / AXIS_M / RAD;
  const turned = ((((lon + 180) % 360) + 360) % 360) - 180;
  return { lat: (2 * Math.atan(Math.exp(y / AXIS_M)) - Math.PI / 2) / RAD, lon: turned };
}

/** The places on paper, without a jump where they pass the antimeridian. */
export function ringOf(places: readonly Place[]): Ring {
  const ring = new Float64Array(places.length * 2);
  let before = places[0]?.lon ?? 0;
  places.forEach((place, n) => {
    const lon = before + ((((place.lon - before + 180) % 360) + 360) % 360) - 180;
    before = lon;
    ring[2 * n] = xOf(lon);
    ring[2 * n + 1] = yOf(place.lat);
  });
  return ring;
}

export function boxOf(ring: Ring): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let n = 0; n < ring.length; n += 2) {
    const [x, y] = [ring[n] as number, ring[n + 1] as number];
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < south) south = y;
    if (y > north) north = y;
  }
  return [west, south, east, north];
}

/** What of the paper is on the screen, and how. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly box: Box;
  private readonly left: number;
  private readonly top: number;

  constructor(
    readonly ctx: CanvasRenderingContext2D,
    readonly resolution: number,
    centre: readonly number[],
    size: readonly number[],
  ) {
    this.width = size[0] as number;
    this.height = size[1] as number;
    const [x, y] = [centre[0] as number, centre[1] as number];
    const [across, up] = [(this.width / 2) * resolution, (this.height / 2) * resolution];
    this.left = x - across;
    this.top = y + up;
    this.box = [this.left, y - up, x + across, this.top];
  }

  x(x: number): number {
    return (x - this.left) / this.resolution;
  }

  y(y: number): number {
    return (this.top - y) / this.resolution;
  }

  /** The turn of the globe, in metres of the paper, by which a box lies nearest to the middle. */
  turnOf(box: Box): number {
    const middle = (this.box[0] + this.box[2] - box[0] - box[2]) / 2;
    return Math.round(middle / WORLD_M) * WORLD_M;
  }

  sees(box: Box, turn: number): boolean {
    const [west, south, east, north] = this.box;
    return box[0] + turn <= east && box[2] + turn >= west && box[1] <= north && box[3] >= south;
  }

  /** Add a ring or a line to the path; points nearer than a pixel to the last are left out. */
  trace(ring: Ring, isClosed: boolean, turn = 0): void {
    const { ctx } = this;
    const left = this.left - turn;
    const scale = 1 / this.resolution;
    const last = ring.length - 2;
    let [atX, atY] = [
      ((ring[0] as number) - left) * scale,
      (this.top - (ring[1] as number)) * scale,
    ];
    const [firstX, firstY] = [atX, atY];
    ctx.moveTo(atX, atY);
    for (let n = 2; n <= last; n += 2) {
      const x = ((ring[n] as number) - left) * scale;
      const y = (this.top - (ring[n + 1] as number)) * scale;
      if (n < last && Math.abs(x - atX) + Math.abs(y - atY) < LEAST_STEP_PX) continue;
      ctx.lineTo(x, y);
      atX = x;
      atY = y;
    }
    // Not closePath: in Chromium it costs more the longer the whole path is.
    if (isClosed) ctx.lineTo(firstX, firstY);
  }
}

const LEAST_STEP_PX = 1.5;

/** A canvas that is as large as the map, and what draws on it. */
export class Drawing {
  readonly canvas = document.createElement("canvas");
  private readonly ctx = this.canvas.getContext("2d");

  constructor(name: string) {
    this.canvas.className = name;
    this.canvas.style.position = "absolute";
    this.canvas.style.inset = "0";
    this.canvas.style.width = "100%";
    this.canvas.style.height = "100%";
  }

  /** Draw one frame of the map. */
  render(frame: FrameState, draw: (sheet: Sheet) => void): HTMLElement {
    const { canvas, ctx } = this;
    const [width, height] = frame.size as [number, number];
    const ratio = frame.pixelRatio;
    const [pxWidth, pxHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pxWidth || canvas.height !== pxHeight) {
      canvas.width = pxWidth;
      canvas.height = pxHeight;
    } else {
      ctx?.setTransform(1, 0, 0, 1, 0, 0);
      ctx?.clearRect(0, 0, pxWidth, pxHeight);
    }
    if (ctx) {
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(new Sheet(ctx, frame.viewState.resolution, frame.viewState.center, frame.size));
    }
    return canvas;
  }
}

/** Keeps labels from lying on each other. */
export class Labels {
  private readonly taken: [number, number, number, number][] = [];

  constructor(
    private readonly sheet: Sheet,
    private readonly most: number,
  ) {}

  /** Write it if there is room; the first come is the first written. */
  write(text: string, x: number, y: number, ink: string, halo: string, isSure = false): boolean {
    const { ctx, width, height } = this.sheet;
    if (!isSure && this.taken.length >= this.most) return false;
    if (x < 0 || y < 0 || x > width || y > height) return false;
    const half = ctx.measureText(text).width / 2 + 3;
    const box: [number, number, number, number] = [x - half, y - 9, x + half, y + 9];
    const isTaken = this.taken.some(
      (one) => one[0] < box[2] && one[2] > box[0] && one[1] < box[3] && one[3] > box[1],
    );
    if (isTaken && !isSure) return false;
    this.taken.push(box);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.setLineDash([]);
    ctx.strokeStyle = halo;
    ctx.fillStyle = ink;
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
    return true;
  }
}
