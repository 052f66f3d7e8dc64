// Lengths, bearings and places on the ellipsoid of WGS-84, by Vincenty's formulae (Survey Review
// 23, 1975): to the millimetre, except between places that are nearly opposite on the globe.

export interface Place {
  lat: number;
  lon: number;
}

const AXIS_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const POLAR_M = AXIS_M * (1 - FLATTENING);
const RAD = Math.PI / 180;
const ROUNDS_MAX = 100;
const CLOSE = 1e-12;

export const NM_M = 1_852;

/** The place so far away in the direction of a bearing, both along the geodesic. */
export function destination(from: Place, bearingDeg: number, lengthM: number): Place {
  const bearing = bearingDeg * RAD;
  const [sinB, cosB] = [Math.sin(bearing), Math.cos(bearing)];
  const tanU = (1 - FLATTENING) * Math.tan(from.lat * RAD);
  const cosU = 1 / Math.sqrt(1 + tanU * tanU);
  const sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, cosB);
  const sinAlpha = cosU * sinB;
  const cosSqAlpha = 1 - sinAlpha * sinAlpha;
  const { a, b } = coefficients(cosSqAlpha);
  const along = lengthM / (POLAR_M * a);
  let sigma = along;
  let cos2 = Math.cos(2 * sigma1 + sigma);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    cos2 = Math.cos(2 * sigma1 + sigma);
    const next = along + correction(b, Math.sin(sigma), Math.cos(sigma), cos2);
    const isClose = Math.abs(next - sigma) < CLOSE;
    sigma = next;
    if (isClose) break;
  }
  const [sinS, cosS] = [Math.sin(sigma), Math.cos(sigma)];
  const across = sinU * sinS - cosU * cosS * cosB;
  const lat = Math.atan2(
    sinU * cosS + cosU * sinS * cosB,
    (1 - FLATTENING) * Math.hypot(sinAlpha, across),
  );
  const turned = Math.atan2(sinS * sinB, cosU * cosS - sinU * sinS * cosB);
  const lon = from.lon * RAD + turned - drift(sinAlpha, cosSqAlpha, sigma, sinS, cosS, cos2);
  return { lat: lat / RAD, lon: wrapped(lon / RAD) };
}

export interface Way {
  lengthM: number;
  /** Where one sets out, in degrees from true north, from 0 up to 360. */
  bearingDeg: number;
}

/** The geodesic from one place to another; null for two that are nearly opposite. */
export function way(from: Place, to: Place): Way | null {
  const lon = wrapped(to.lon - from.lon) * RAD;
  const u1 = Math.atan((1 - FLATTENING) * Math.tan(from.lat * RAD));
  const u2 = Math.atan((1 - FLATTENING) * Math.tan(to.lat * RAD));
  const [sin1, cos1, sin2, cos2u] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = lon;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cos2u * sinL, cos1 * sin2 - sin1 * cos2u * cosL);
    if (sinS < 1e-15) return { lengthM: 0, bearingDeg: 0 };
    const cosS = sin1 * sin2 + cos1 * cos2u * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinAlpha = (cos1 * cos2u * sinL) / sinS;
    const cosSqAlpha = 1 - sinAlpha * sinAlpha;
    const cos2 = cosSqAlpha < 1e-15 ? 0 : cosS - (2 * sin1 * sin2) / cosSqAlpha;
    const next = lon + drift(sinAlpha, cosSqAlpha, sigma, sinS, cosS, cos2);
    if (Math.abs(next - lambda) < CLOSE) {
      const { a, b } = coefficients(cosSqAlpha);
      const bearing = Math.atan2(cos2u * sinL, cos1 * sin2 - sin1 * cos2u * cosL) / RAD;
      return {
        lengthM: POLAR_M * a * (sigma - correction(b, sinS, cosS, cos2)),
        bearingDeg: (bearing + 360) % 360,
      };
    }
    lambda = next;
  }
  return null;
}

/** Longitude within -180 and 180. */
export function wrapped(lon: number): number {
  return lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180;
}

function coefficients(cosSqAlpha: number): { a: number; b: number } {
  const u2 = (cosSqAlpha * (AXIS_M * AXIS_M - POLAR_M * POLAR_M)) / (POLAR_M * POLAR_M);
  return {
    a: 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2))),
    b: (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2))),
  };
}

function correction(b: number, sinS: number, cosS: number, cos2: number): number {
  const most = -3 + 4 * cos2 * cos2;
  const inner = cosS * (-1 + 2 * cos2 * cos2) - (b / 6) * cos2 * (-3 + 4 * sinS * sinS) * most;
  return b * sinS * (cos2 + (b / 4) * inner);
}

/** How far longitude on the ellipsoid falls behind that on the auxiliary sphere. */
function drift(
  sinAlpha: number,
  cosSqAlpha: number,
  sigma: number,
  sinS: number,
  cosS: number,
  cos2: number,
): number {
  const c = (FLATTENING / 16) * cosSqAlpha * (4 + FLATTENING * (4 - 3 * cosSqAlpha));
  const inner = cos2 + c * cosS * (-1 + 2 * cos2 * cos2);
  return (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinS * inner);
}
