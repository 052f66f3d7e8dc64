// The map's colours are those of the page's theme: read from its custom properties, for a canvas
// knows no style sheet.

import type { Side } from "./things";

export interface Colours {
  water: string;
  land: string;
  border: string;
  ground: string;
  ink: string;
  soft: string;
  bad: string;
  doubt: string;
  focus: string;
  accent: string;
  side: Record<Side, string>;
  font: string;
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim() || "#888";
  return {
    water: read("water"),
    land: read("land"),
    border: read("border"),
    ground: read("ground"),
    ink: read("ink"),
    soft: read("ink-soft"),
    bad: read("bad"),
    doubt: read("doubt"),
    focus: read("focus"),
    accent: read("accent"),
    side: {
      own: read("own"),
      other: read("other"),
      third: read("third"),
      unknown: read("ink-soft"),
    },
    font: read("font"),
  };
}

/** Calls when the theme changes, until what is answered is called. */
export function onTheme(changed: () => void): () => void {
  const watcher = new MutationObserver(changed);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => watcher.disconnect();
}
