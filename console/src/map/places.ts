// Places by name: reference points of the line, and what goes along with the map.

import { xOf, yOf, type Labels, type Sheet } from "./paper";
import type { Colours } from "./colours";
import type { Place } from "./geodesy";

export interface Named {
  name: string;
  place: Place;
  /** Reference points of the line stand before what merely goes along. */
  isAgreed: boolean;
  /** Of a town, 1 for the greatest; an aerodrome has none. */
  rank?: number;
}

/** Metres of the map in a pixel above which only reference points are named. */
const RESOLUTION_MAX = 1_200;
/** The same for towns, by their rank. */
const TOWN_RESOLUTION_MAX: Record<number, number> = { 1: 3_000, 2: 1_200, 3: 500 };
const resolutionMax = ({ isAgreed, rank }: Named): number =>
  isAgreed ? Infinity : rank ? (TOWN_RESOLUTION_MAX[rank] ?? RESOLUTION_MAX) : RESOLUTION_MAX;

/** Write names where there is room, each below its mark. */
export function drawPlaces(
  sheet: Sheet,
  places: readonly Named[],
  labels: Labels,
  colours: Colours,
): void {
  const { ctx } = sheet;
  ctx.font = `12px ${colours.font}`;
  for (const named of places) {
    const { name, place, isAgreed, rank } = named;
    if (sheet.resolution > resolutionMax(named)) continue;
    const [x, y] = [sheet.x(xOf(place.lon)), sheet.y(yOf(place.lat))];
    if (x < 0 || y < 0 || x > sheet.width || y > sheet.height) continue;
    if (!labels.write(name, x, y + 13, colours.soft, colours.land)) continue;
    ctx.beginPath();
    if (rank) ctx.arc(x, y, 3, 0, 2 * Math.PI);
    else {
      ctx.moveTo(x, y - 4);
      ctx.lineTo(x + 4, y + 3);
      ctx.lineTo(x - 4, y + 3);
      ctx.closePath();
    }
    ctx.lineWidth = 1;
    ctx.strokeStyle = colours.soft;
    if (isAgreed) ctx.fill();
    else ctx.stroke();
  }
}
