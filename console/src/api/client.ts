// Talks to the node that served the page: JSON in and out, one shape of error, never a throw
// that is not an ApiError. Acts show the session's token, which no other page knows.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly what: string,
    readonly remedy: string,
    readonly field: string,
    /** After how many seconds to try again; 0 where that is not said. */
    readonly waitSeconds: number,
  ) {
    super(remedy ? `${what} ${remedy}` : what);
  }

  /** Nobody is signed in any more. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

/** No answer came at all: the network, or a node that stopped. */
export const NO_ANSWER = 0;

let csrf = "";
let forbidden: () => void = () => undefined;

/** What is done when the node refuses an act or a reading: the session may have been locked. */
export function whenForbidden(act: () => void): void {
  forbidden = act;
}
let language = "en";

/** What each act shows from now on. */
export function useToken(token: string): void {
  csrf = token;
}

/** The language in which answers have their sentences from now on. */
export function useLanguage(code: string): void {
  language = code;
}

export function headersOfRequest(): Record<string, string> {
  return { accept: "application/json", "accept-language": language };
}

/** Read something. Parameters that are undefined are left out. */
export async function read<T>(
  path: string,
  parameters: Record<string, string | number | boolean | undefined> = {},
): Promise<T> {
  const query = new URLSearchParams({ language });
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return (await answered(await sent(`${path}?${query}`, { headers: headersOfRequest() }))) as T;
}

/** Do something; `stop` breaks off what is outdated, as if no answer came. */
export async function act<T>(path: string, body: unknown = {}, stop?: AbortSignal): Promise<T> {
  const headers = {
    ...headersOfRequest(),
    "content-type": "application/json",
    "x-openline-csrf": csrf,
  };
  const request = { method: "POST", headers, body: JSON.stringify(body), signal: stop ?? null };
  return (await answered(await sent(worded(path), request))) as T;
}

/** The same with bytes in, or bytes out. */
export async function actForBytes(path: string, body: unknown): Promise<Blob> {
  const headers = {
    "accept-language": language,
    "content-type": "application/json",
    "x-openline-csrf": csrf,
  };
  const answer = await sent(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) await answered(answer);
  return answer.blob();
}

export async function actWithBytes<T>(path: string, body: Blob): Promise<T> {
  const headers = {
    ...headersOfRequest(),
    "content-type": "application/octet-stream",
    "x-openline-csrf": csrf,
  };
  return (await answered(await sent(worded(path), { method: "POST", headers, body }))) as T;
}

/** With the language of the sentences in the answer, if the path names none. */
const worded = (path: string): string =>
  path.includes("?") ? path : `${path}?language=${language}`;

/** One part of a path, whatever it holds. */
export function part(name: string | number): string {
  return encodeURIComponent(String(name));
}

async function sent(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: "same-origin", redirect: "error", ...request });
  } catch {
    throw new ApiError(NO_ANSWER, "The node does not answer.", "", "", 0);
  }
}

async function answered(answer: Response): Promise<unknown> {
  let told: unknown;
  try {
    told = await answer.json();
  } catch {
    throw new ApiError(answer.status, "The node's answer is not understood.", "", "", 0);
  }
  if (answer.ok) return told;
  if (answer.status === 403) forbidden();
  const error = (told as { error?: Record<string, unknown> } | null)?.error ?? {};
  const words = (name: string): string =>
    typeof error[name] === "string" ? (error[name] as string) : "";
  const wait = Number(answer.headers.get("retry-after") ?? 0) || 0;
  throw new ApiError(answer.status, words("what"), words("remedy"), words("field"), wait);
}
