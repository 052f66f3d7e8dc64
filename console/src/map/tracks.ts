// Draws the tracks of this party's own feeds over everything else: a symbol by what moves and whose
// it is said to be, a line to where it will be in a minute, where it was, and a ring where something
// was noticed. Doubt and age show in shape and words, never in colour alone.

import Layer from "ol/layer/Layer";
import type { FrameState } from "ol/Map";
import type { AirAlert, Track } from "../api/things";
import type { TrailPoint } from "../state/air.svelte";
import type { Colours } from "./colours";
import { Drawing, Labels, WORLD_M, xOf, yOf, type Sheet } from "./paper";
import { loadSymbols, trackSymbol } from "./symbols";
import type { Side } from "./things";

/** What of the air picture the map shows. */
export interface Sky {
  tracks: readonly Track[];
  air: {
    readonly at: number;
    trail(id: string): readonly TrailPoint[];
    readonly alerts: readonly AirAlert[];
  };
  selected: string;
}

interface Mark {
  track: Track;
  x: number;
  y: number;
  alert: AirAlert | undefined;
}

const SIDES: Record<string, Side> = {
  OWN: "own",
  OTHER_PARTY: "other",
  THIRD_PARTY: "third",
  UNKNOWN: "unknown",
};

const REACH_PX = 12;
const RING_PX = 14;
const AHEAD_S = 60;
const LABELS_MAX = 120;
/** With more tracks in view only those in hand or with an alert keep their trail and label. */
const CROWD = 250;
const COASTS_ALPHA = 0.55;
const MPS_PER_KNOT = 0.514444;
const LEVEL_M = 30.48;
/** From this age on a label says how old the position is. */
const AGE_TOLD_S = 10;

export class TracksLayer {
  private readonly drawing = new Drawing("map-tracks");
  readonly layer = new Layer({ render: (frame) => this.render(frame) });
  private sky: Sky | null = null;
  private marks: Mark[] = [];

  constructor(private colours: Colours) {}

  setSky(sky: Sky | null): void {
    const isEmpty = !sky || sky.tracks.length === 0;
    if (isEmpty && this.marks.length === 0 && !this.sky) return;
    this.sky = isEmpty ? null : sky;
    if (!isEmpty) loadSymbols(() => this.layer.changed());
    this.layer.changed();
  }

  setColours(colours: Colours): void {
    this.colours = colours;
    this.layer.changed();
  }

  /** The track nearest to a point of the screen, within reach of a finger. */
  at(x: number, y: number): string | null {
    let found: string | null = null;
    let least = REACH_PX * REACH_PX;
    for (const mark of this.marks) {
      const squared = (mark.x - x) ** 2 + (mark.y - y) ** 2;
      if (squared <= least) [found, least] = [mark.track.id, squared];
    }
    return found;
  }

  private render(frame: FrameState): HTMLElement {
    return this.drawing.render(frame, (sheet) => this.draw(sheet));
  }

  private draw(sheet: Sheet): void {
    const { sky } = this;
    this.marks = [];
    if (!sky) return;
    const alerts = new Map<string, AirAlert>();
    // The list has the loudest first: what is there already stays.
    for (const alert of sky.air.alerts) {
      for (const id of [alert.track, alert.about]) if (!alerts.has(id)) alerts.set(id, alert);
    }
    for (const track of sky.tracks) {
      if (track.state === "LOST" || track.lat_deg == null || track.lon_deg == null) continue;
      const [x, y] = pointOf(sheet, track.lat_deg, track.lon_deg);
      if (x < -RING_PX || y < -RING_PX) continue;
      if (x > sheet.width + RING_PX || y > sheet.height + RING_PX) continue;
      this.marks.push({ track, x, y, alert: alerts.get(track.id) });
    }
    const isCrowd = this.marks.length > CROWD;
    const told = isCrowd
      ? this.marks.filter((one) => one.alert || one.track.id === sky.selected)
      : this.marks;
    this.drawTrails(sheet, sky, told);
    this.drawHeadings(sheet);
    this.drawSymbols(sheet);
    this.drawRings(sheet, sky.selected);
    this.drawLabels(sheet, sky, told);
  }

  private drawTrails(sheet: Sheet, sky: Sky, marks: readonly Mark[]): void {
    const { ctx } = sheet;
    ctx.lineWidth = 1.2;
    ctx.globalAlpha = 0.7;
    ctx.setLineDash([2, 3]);
    for (const side of Object.values(SIDES)) {
      ctx.beginPath();
      for (const { track, x, y } of marks) {
        if (SIDES[track.affiliation] !== side) continue;
        const trail = sky.air.trail(track.id);
        trail.forEach((point, n) => {
          const [px, py] = pointOf(sheet, point.lat, point.lon);
          if (n === 0) ctx.moveTo(px, py);
          else ctx.lineTo(px, py);
        });
        if (trail.length > 0) ctx.lineTo(x, y);
      }
      ctx.strokeStyle = this.colours.side[side];
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  /** Where each will be in a minute if it goes on so. */
  private drawHeadings(sheet: Sheet): void {
    const { ctx } = sheet;
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = this.colours.ink;
    ctx.beginPath();
    for (const { track, x, y } of this.marks) {
      const { course_deg: course, speed_mps: speed, lat_deg: lat } = track;
      if (course == null || speed == null || lat == null) continue;
      const stretch = sheet.resolution * Math.max(Math.cos((lat * Math.PI) / 180), 0.05);
      const length = (speed * AHEAD_S) / stretch;
      const turn = (course * Math.PI) / 180;
      ctx.moveTo(x, y);
      ctx.lineTo(x + length * Math.sin(turn), y - length * Math.cos(turn));
    }
    ctx.stroke();
  }

  private drawSymbols(sheet: Sheet): void {
    const { ctx } = sheet;
    const ratio = window.devicePixelRatio;
    for (const { track, x, y } of this.marks) {
      const side = SIDES[track.affiliation] ?? "unknown";
      ctx.globalAlpha = track.state === "COASTING" ? COASTS_ALPHA : 1;
      const drawn = trackSymbol(side, track.medium, this.colours);
      if (drawn) {
        const [width, height] = [drawn.width / ratio, drawn.height / ratio];
        // On whole pixels it is copied; between them each would be worked out anew.
        const left = Math.round((x - width / 2) * ratio) / ratio;
        const top = Math.round((y - height / 2) * ratio) / ratio;
        ctx.drawImage(drawn, left, top, width, height);
      } else {
        ctx.fillStyle = this.colours.side[side];
        ctx.fillRect(x - 3, y - 3, 6, 6);
      }
    }
    ctx.globalAlpha = 1;
  }

  /** What is noticed of a track, and which is in hand: whole where it is so, dashed ahead. */
  private drawRings(sheet: Sheet, selected: string): void {
    const { ctx } = sheet;
    for (const { track, x, y, alert } of this.marks) {
      if (alert) {
        ctx.setLineDash(alert.phase === "AHEAD" ? [4, 3] : []);
        this.ring(ctx, x, y, RING_PX, alert.precedence === "ROUTINE" ? "doubt" : "bad");
      }
      if (track.quality === "DOUBTFUL") {
        ctx.setLineDash([1, 3]);
        this.ring(ctx, x, y, RING_PX - 3, "doubt");
      }
      ctx.setLineDash([]);
      if (track.id === selected) this.ring(ctx, x, y, RING_PX + 4, "focus");
    }
  }

  private ring(
    ctx: CanvasRenderingContext2D,
    x: number,
    y: number,
    r: number,
    ink: "bad" | "doubt" | "focus",
  ): void {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = this.colours[ink];
    ctx.stroke();
  }

  private drawLabels(sheet: Sheet, sky: Sky, marks: readonly Mark[]): void {
    const labels = new Labels(sheet, LABELS_MAX);
    sheet.ctx.font = `11px ${this.colours.font}`;
    const first = (mark: Mark): number => (mark.track.id === sky.selected ? 0 : mark.alert ? 1 : 2);
    const ordered = [...marks].sort((one, other) => first(one) - first(other));
    for (const mark of ordered) {
      const ink = mark.alert ? this.colours.bad : this.colours.ink;
      const isSure = first(mark) === 0;
      labels.write(
        labelOf(mark.track, sky.air.at),
        mark.x,
        mark.y + RING_PX + 9,
        ink,
        this.colours.ground,
        isSure,
      );
    }
  }
}

/** Callsign or address, height, speed, and its age once it is old: as a strip has them. */
export function labelOf(track: Track, now: number): string {
  const parts = [track.callsign || track.id];
  if (track.flags.includes("EMERGENCY")) parts.unshift(`!! ${track.squawk}`);
  else if (track.quality === "DOUBTFUL") parts.unshift("?");
  const height = heightOf(track);
  if (height) parts.push(height);
  if (track.speed_mps != null) parts.push(`${Math.round(track.speed_mps / MPS_PER_KNOT)} kt`);
  const age = track.position_at == null ? 0 : Math.round((now - track.position_at) / 1_000);
  if (age >= AGE_TOLD_S) parts.push(`−${age} s`);
  return parts.join(" ");
}

/** The height with what it is counted from; empty where it is not known. */
export function heightOf(track: Track): string {
  if (track.altitude_m == null || track.datum == null) return "";
  if (track.datum === "FLIGHT_LEVEL") {
    return `FL${String(Math.max(0, Math.round(track.altitude_m / LEVEL_M))).padStart(3, "0")}`;
  }
  return `${Math.round(track.altitude_m)} m ${track.datum}`;
}

/** Where a place is on the screen, on that turn of the globe which is in view. */
function pointOf(sheet: Sheet, lat: number, lon: number): [x: number, y: number] {
  const x = xOf(lon);
  const middle = (sheet.box[0] + sheet.box[2]) / 2;
  const turn = Math.round((middle - x) / WORLD_M) * WORLD_M;
  return [sheet.x(x + turn), sheet.y(yOf(lat))];
}
