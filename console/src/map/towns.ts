// Towns of the theatre, by name in the officer's language. Facts that anybody can look up, written
// down for this map to a hundredth of a degree: latitude, longitude, rank (1 the greatest) and the
// names in English, Russian and Arabic.

import type { Named } from "./places";
import towns from "./towns.json";

const NAMED_IN: Record<string, number> = { en: 3, ru: 4, ar: 5 };

export function townsIn(language: string): Named[] {
  const column = NAMED_IN[language] ?? 3;
  return towns.map((town) => ({
    name: String(town[column]),
    place: { lat: Number(town[0]), lon: Number(town[1]) },
    isAgreed: false,
    rank: Number(town[2]),
  }));
}
