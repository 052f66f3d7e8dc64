// Reading anew because something changed, but not for every change: a busy line changes twenty
// times a second, and the node answers a session so many requests in a minute.

const CALM_MS = 1_500;

/**
 * Act at once, and again when what is watched changes, at most once in a while; to be called
 * where a component begins.
 */
export function calmly(watched: () => unknown, act: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  $effect(() => {
    watched();
    timer ??= setTimeout(
      () => {
        timer = undefined;
        last = performance.now();
        act();
      },
      Math.max(0, last + CALM_MS - performance.now()),
    );
  });
  $effect(() => () => clearTimeout(timer));
}
