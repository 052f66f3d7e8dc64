// What an Understanding says of timers, read from its TOML for the eye; the text itself counts.

export interface Timer {
  name: string;
  value: string;
}

/** The rows of the table `[timers]`, in their order. */
export function timersOf(toml: string): Timer[] {
  const found: Timer[] = [];
  let isInside = false;
  for (const row of toml.split("\n")) {
    if (row.startsWith("[")) isInside = row.trim() === "[timers]";
    const held = isInside ? /^(\w+)\s*=\s*"?([^"#]*)"?/.exec(row) : null;
    if (held) found.push({ name: held[1] ?? "", value: (held[2] ?? "").trim() });
  }
  return found;
}
