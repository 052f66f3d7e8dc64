// Aerodromes of the theatre, by name: from the package airportsdata, as a file of the page
// (aerodromes.LICENSE.txt).

import file from "./aerodromes.geojson?url";
import type { Named } from "./places";

interface Collection {
  features: {
    properties: { icao: string; name: string };
    geometry: { coordinates: [lon: number, lat: number] };
  }[];
}

export async function readAerodromes(): Promise<Named[]> {
  const answer = await fetch(file);
  if (!answer.ok) return [];
  const { features } = (await answer.json()) as Collection;
  return features.map(({ properties, geometry }) => ({
    name: `${properties.icao} ${properties.name}`,
    place: { lat: geometry.coordinates[1], lon: geometry.coordinates[0] },
    isAgreed: false,
  }));
}
