// What the officer has in hand: one thing, shown in the panel, lit on the map and on the timeline.

/** Sorts of things that can be in hand, each with the key by which its table knows it. */
export type Sort =
  | "message"
  | "notice"
  | "conflict"
  | "matter"
  | "zone"
  | "site"
  | "movement"
  | "draft"
  | "watch"
  | "alarm"
  | "private"
  | "imported"
  | "track";

export interface InHand {
  sort: Sort;
  key: string;
}

let inHand = $state.raw<InHand | null>(null);

export function current(): InHand | null {
  return inHand;
}

export function take(sort: Sort, key: string): void {
  inHand = { sort, key };
}

export function letGo(): void {
  inHand = null;
}

export function isInHand(sort: Sort, key: string): boolean {
  return inHand?.sort === sort && inHand.key === key;
}
