// Which screen is shown: the part of the address behind its #, so that the browser's own keys for
// back and forward work, and a screen can be given to a colleague.

let hash = $state(location.hash);

window.addEventListener("hashchange", () => (hash = location.hash));

/** The screen's name and what else the address says, such as `matters/QUERY-0003`. */
export function route(): { screen: string; rest: string[] } {
  const [screen = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  return { screen: screen || "watch", rest: rest.map(decodeURIComponent) };
}

export function go(screen: string, ...rest: string[]): void {
  location.hash = `#/${[screen, ...rest.map(encodeURIComponent)].join("/")}`;
}
