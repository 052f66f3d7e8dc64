// Which children of a row have a place in it: the style lets those that have none wrap below its
// edge, where nobody sees them; here it is read which, so that a menu can offer them instead.

/** How many of these, in order, stand as high as the first. */
export function fittingCount(tops: readonly number[]): number {
  const beyond = tops.findIndex((top) => top > (tops[0] ?? 0));
  return beyond < 0 ? tops.length : beyond;
}

/** Tell, now and whenever a size changes, how many children of the row have a place in it. */
export function watchFitting(row: HTMLElement, tell: (count: number) => void): () => void {
  const look = (): void =>
    tell(fittingCount([...row.children].map((one) => (one as HTMLElement).offsetTop)));
  const observer = new ResizeObserver(look);
  observer.observe(row);
  for (const one of row.children) observer.observe(one);
  return () => observer.disconnect();
}
