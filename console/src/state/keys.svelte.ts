// The map of keys: whoever is on the screen says which keys it takes, and `?` shows them all. A key
// does nothing while somebody types, except with Ctrl.

import { untrack } from "svelte";

export interface Key {
  /** As `KeyboardEvent.key` has it; `Ctrl+k` with Ctrl or Command. */
  key: string;
  /** What it does, in the officer's language, as the map of keys shows it. */
  says: () => string;
  act: () => void;
}

let layers = $state.raw<Key[][]>([]);

/** Take these keys until what is answered is called; the newest takes a key first. */
export function takeKeys(keys: Key[]): () => void {
  // Whoever offers does not follow what others offer.
  layers = [keys, ...untrack(() => layers)];
  return () => (layers = untrack(() => layers).filter((one) => one !== keys));
}

/** Every key that does something now, each once. */
export function allKeys(): Key[] {
  const found = new Map<string, Key>();
  for (const key of layers.flat()) if (!found.has(key.key)) found.set(key.key, key);
  return [...found.values()];
}

/** Whether the keys belong to what has the focus; a box takes none but Space. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && target.type === "checkbox");

export function onKey(event: KeyboardEvent): void {
  // An open dialog closes by itself; what lies under it does not.
  if (event.key === "Escape" && document.querySelector("dialog[open]")) return;
  const hasControl = event.ctrlKey || event.metaKey;
  if (event.altKey || event.isComposing) return;
  // Behind a dialog nothing acts by a single key, and Escape is the dialog's own.
  if (!hasControl && document.querySelector("dialog[open]")) return;
  if (isTyping(event.target) && !hasControl && event.key !== "Escape") return;
  const pressed = hasControl ? `Ctrl+${event.key.toLowerCase()}` : event.key;
  const found = allKeys().find((one) => one.key.toLowerCase() === pressed.toLowerCase());
  if (!found) return;
  event.preventDefault();
  found.act();
}
