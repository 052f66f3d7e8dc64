// Distances as officers read them: nautical miles and kilometres together.

import { NM_M } from "./geodesy";

/** 12.3 NM (22.8 km); below a kilometre 640 m. */
export function distanceText(metres: number): string {
  if (metres < 1_000) return `${Math.round(metres)} m`;
  const digits = metres < 100_000 ? 1 : 0;
  return `${(metres / NM_M).toFixed(digits)} NM (${(metres / 1_000).toFixed(digits)} km)`;
}

/** Three digits, from 001 to 360. */
export function bearingText(degrees: number): string {
  const whole = Math.round(degrees) % 360 || 360;
  return `${String(whole).padStart(3, "0")}°`;
}
