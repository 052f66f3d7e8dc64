// How the screen looks to this officer: theme, and the units in which values are shown. Kept in
// this browser; nothing of it reaches the record.

export const THEMES = ["dark", "light", "night"] as const;
export type Theme = (typeof THEMES)[number];
export const ALTITUDE_UNITS = ["ft", "m"] as const;
export const POSITION_FORMATS = ["dms", "decimal", "mgrs"] as const;

interface Look {
  theme: Theme;
  altitudes: (typeof ALTITUDE_UNITS)[number];
  positions: (typeof POSITION_FORMATS)[number];
}

const KEPT = "openline.look";
const PLAIN: Look = { theme: "dark", altitudes: "ft", positions: "dms" };

let look = $state<Look>(kept());

function kept(): Look {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Look>;
    return {
      theme: THEMES.find((one) => one === found.theme) ?? PLAIN.theme,
      altitudes: ALTITUDE_UNITS.find((one) => one === found.altitudes) ?? PLAIN.altitudes,
      positions: POSITION_FORMATS.find((one) => one === found.positions) ?? PLAIN.positions,
    };
  } catch {
    return PLAIN;
  }
}

export function currentLook(): Look {
  return look;
}

export function setLook(change: Partial<Look>): void {
  look = { ...look, ...change };
  localStorage.setItem(KEPT, JSON.stringify(look));
  applyLook();
}

export function applyLook(): void {
  document.documentElement.dataset["theme"] = look.theme;
}
