// What can be done now, for the palette: whoever is on the screen says so, as with keys.

import { untrack } from "svelte";

export interface Act {
  /** English title: shown through the catalogues by whoever lists it. */
  title: () => string;
  act: () => void;
}

let layers = $state.raw<(() => Act[])[]>([]);

/** Offer acts until what is answered is called. */
export function offer(acts: () => Act[]): () => void {
  // Whoever offers does not follow what others offer.
  layers = [acts, ...untrack(() => layers)];
  return () => (layers = untrack(() => layers).filter((one) => one !== acts));
}

export function allActs(): Act[] {
  return layers.flatMap((acts) => acts());
}
