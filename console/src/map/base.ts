// What lies beneath: coasts, lakes, rivers and borders as the node's own setting chooses them, the
// net of degrees.

import Layer from "ol/layer/Layer";
import type { FrameState } from "ol/Map";
import type { Colours } from "./colours";
import {
  boxOf,
  Drawing,
  placeAtPoint,
  WORLD_M,
  xOf,
  yOf,
  type Box,
  type Ring,
  type Sheet,
} from "./paper";

const LAYERS = ["land", "lakes", "rivers", "borders"] as const;
type LayerName = (typeof LAYERS)[number];

interface Shape {
  ring: Ring;
  box: Box;
}

export interface BaseMap {
  /** Who made it; empty where there is no map. */
  source: string;
  shapes: Record<LayerName, Shape[]>;
}

/** Read the node's base map (`/page/base-map`). */
export async function readBaseMap(): Promise<BaseMap> {
  const answer = await fetch("/page/base-map", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`The base map cannot be read: ${answer.status}.`);
  const told = (await answer.json()) as { source: string } & Record<LayerName, number[][]>;
  const shapes = Object.fromEntries(
    LAYERS.map((name) => [name, told[name].map(shapeOf)]),
  ) as BaseMap["shapes"];
  return { source: told.source, shapes };
}

/** A line from its steps in thousandths of a degree. */
function shapeOf(steps: number[]): Shape {
  const ring = new Float64Array(steps.length);
  let [lon, lat] = [0, 0];
  for (let n = 0; n < steps.length; n += 2) {
    lon += steps[n] as number;
    lat += steps[n + 1] as number;
    ring[n] = xOf(lon / 1_000);
    ring[n + 1] = yOf(lat / 1_000);
  }
  return { ring, box: boxOf(ring) };
}

const NET_STEPS_DEG = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30];
const NET_PX_MIN = 110;

export class BaseLayer {
  private readonly drawing = new Drawing("map-base");
  readonly layer = new Layer({ render: (frame) => this.render(frame) });
  private map: BaseMap | null = null;

  constructor(private colours: Colours) {}

  setMap(map: BaseMap): void {
    this.map = map;
    this.layer.changed();
  }

  setColours(colours: Colours): void {
    this.colours = colours;
    this.layer.changed();
  }

  private render(frame: FrameState): HTMLElement {
    return this.drawing.render(frame, (sheet) => {
      const { ctx } = sheet;
      const { colours } = this;
      ctx.fillStyle = this.map?.source ? colours.water : colours.ground;
      ctx.fillRect(0, 0, sheet.width, sheet.height);
      if (this.map) this.drawMap(sheet, this.map);
      drawNet(sheet, colours);
    });
  }

  private drawMap(sheet: Sheet, map: BaseMap): void {
    const { ctx } = sheet;
    const { colours } = this;
    const trace = (name: LayerName, isClosed: boolean): void => {
      ctx.beginPath();
      for (const { ring, box } of map.shapes[name]) {
        const nearest = sheet.turnOf(box);
        for (const turn of [nearest - WORLD_M, nearest, nearest + WORLD_M]) {
          if (sheet.sees(box, turn)) sheet.trace(ring, isClosed, turn);
        }
      }
    };
    ctx.setLineDash([]);
    ctx.lineJoin = "round";
    trace("land", true);
    ctx.fillStyle = colours.land;
    ctx.fill();
    ctx.strokeStyle = colours.border;
    ctx.lineWidth = 0.8;
    ctx.stroke();
    trace("lakes", true);
    ctx.fillStyle = colours.water;
    ctx.fill();
    ctx.lineWidth = 0.6;
    ctx.stroke();
    trace("rivers", false);
    ctx.strokeStyle = colours.border;
    ctx.lineWidth = sheet.resolution < 2_500 ? 1.6 : 0.7;
    ctx.stroke();
    trace("borders", false);
    ctx.strokeStyle = colours.soft;
    ctx.lineWidth = 1;
    ctx.setLineDash([7, 3, 1.5, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

/** Meridians and parallels, with their degrees along the edges. */
function drawNet(sheet: Sheet, colours: Colours): void {
  const { ctx, box, width, height } = sheet;
  const southWest = placeAtPoint(box[0], box[1]);
  const northEast = placeAtPoint(box[2], box[3]);
  const west = (box[0] / 6_378_137) * (180 / Math.PI);
  const east = (box[2] / 6_378_137) * (180 / Math.PI);
  const step = NET_STEPS_DEG.find((one) => (one / (east - west)) * width > NET_PX_MIN);
  if (!step) return;
  ctx.beginPath();
  ctx.font = `11px ${colours.font}`;
  ctx.fillStyle = colours.soft;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
    const x = sheet.x(xOf(lon));
    ctx.moveTo(x, 0);
    ctx.lineTo(x, height);
    ctx.fillText(degrees(lon, "E", "W"), x + 3, 2);
  }
  const first = Math.ceil(southWest.lat / step) * step;
  for (let lat = first; lat <= northEast.lat; lat += step) {
    const y = sheet.y(yOf(lat));
    ctx.moveTo(0, y);
    ctx.lineTo(width, y);
    ctx.fillText(degrees(lat, "N", "S"), 3, y + 2);
  }
  ctx.strokeStyle = colours.border;
  ctx.globalAlpha = 0.35;
  ctx.lineWidth = 0.6;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function degrees(value: number, plus: string, minus: string): string {
  const turned = Math.abs(value) > 180 ? value - Math.sign(value) * 360 : value;
  const minutes = Math.round(Math.abs(turned) * 60);
  const rest = minutes % 60 ? `${String(minutes % 60).padStart(2, "0")}'` : "";
  return `${Math.floor(minutes / 60)}°${rest}${minutes ? (turned < 0 ? minus : plus) : ""}`;
}
