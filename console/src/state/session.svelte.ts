// Who is signed in at this console, and what they may do. What the page shows as not allowed is
// a courtesy; the node alone refuses.

import { act, ApiError, read, useToken, whenForbidden } from "../api/client";
import { assertion } from "./passkeys";
import { leaveVoices } from "./voices";

export interface Session {
  name: string;
  post: string;
  posts: string[];
  roles: string[];
  rights: string[];
  how: string;
  csrf: string;
  began_at: number;
  ends_at: number;
  has_password: boolean;
  passkeys: { id: string; label: string; added_at: number }[];
  is_locked: boolean;
}

let session = $state<Session | null>(null);

export function currentSession(): Session | null {
  return session;
}

export function may(right: string): boolean {
  return session?.rights.includes(right) ?? false;
}

export function begin(signedIn: Session): void {
  session = signedIn;
  useToken(signedIn.csrf);
}

export function end(): void {
  session = null;
  useToken("");
}

/** Take up a session that this browser has already; false if there is none. */
export async function resume(): Promise<boolean> {
  try {
    begin(await read<Session>("/session"));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.isSignedOut) return false;
    throw error;
  }
}

/** Sign in with the one-time link in the page's address, which is then taken out of it. */
export async function signInByLink(): Promise<boolean> {
  const link = location.pathname === "/sign-in" ? location.hash.slice(1) : "";
  if (!link) return false;
  history.replaceState(null, "", "/");
  begin(await act<Session>("/sign-in/link", { link }));
  return true;
}

// Another page of this browser may have signed in anew, or the node may have locked the session.
whenForbidden(() => {
  if (session && !session.is_locked) resume().catch(() => undefined);
});

/** A session by passkey: whose it is, the passkey knows. */
export async function passkeySession(): Promise<Session> {
  const { options } = await act<{ options: Record<string, unknown> }>("/sign-in/passkey/options");
  return act<Session>("/sign-in/passkey", { credential: await assertion(options) });
}

export async function signOut(): Promise<void> {
  await leaveVoices();
  try {
    await act("/session/end");
  } finally {
    end();
  }
}
