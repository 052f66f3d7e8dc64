// What is urgent is read by being opened: a FLASH or IMMEDIATE message that the officer on watch
// has before them, at a desk that is unlocked and seen, is said to be read in their name. Whoever
// is not on watch says so by a key, or not at all.

import type { Message, Watch } from "../api/things";
import type { Line } from "./line.svelte";
import { isLocked } from "./lock.svelte";
import { isUnread } from "./queue";
import { say } from "./request";
import { currentSession, may } from "./session.svelte";
import { isManned, isSamePerson } from "./watch";

/** The precedences whose messages are to be read within minutes. */
const URGENT: readonly string[] = ["FLASH", "IMMEDIATE"];

/** What the node takes as an id of a request. */
const ID_CHARS_MAX = 200;

/** Whether somebody is on watch at the post at which they are signed in. */
export const isOnWatch = (
  watches: readonly Watch[],
  own: string,
  me: { name: string; post: string },
): boolean =>
  watches.some(
    (one) =>
      one.party === own &&
      !one.is_past &&
      isManned(one) &&
      one.post === me.post &&
      isSamePerson(one.officer, me.name),
  );

/** Whether opening a message is reading it: urgent, put to us, and read by nobody of ours. */
export const isReadByOpening = (
  message: Pick<Message, "party" | "by" | "kind" | "recipients" | "marks" | "precedence">,
  own: string,
): boolean => URGENT.includes(message.precedence) && isUnread(message as Message, own);

/**
 * Say that what is open is read, once; to be called where a component begins.
 *
 * @returns Whether it was said from here, and what went wrong.
 */
export function readByOpening(
  line: Line,
  message: () => Message | null,
): { isSaid: boolean; error: unknown } {
  const done = $state({ isSaid: false, error: null as unknown });
  const asked = new Set<string>();
  $effect(() => {
    const one = message();
    const me = currentSession();
    if (!one || !me || !may("SPEAK") || isLocked()) return;
    if (document.visibilityState !== "visible" || !isReadByOpening(one, line.own)) return;
    if (!isOnWatch(line.watches.all, line.own, me)) return;
    // The same id from every page of this officer: it is said once, however often it is opened.
    const id = `read/${one.party}/${one.epoch}/${one.index}/${me.name}`.slice(0, ID_CHARS_MAX);
    if (asked.has(id)) return;
    asked.add(id);
    const of = { party: one.party, index: one.index };
    say(line, { kind: "READ", fields: { of }, reply_to: of }, id).then(
      () => (done.isSaid = true),
      (fault: unknown) => (done.error = fault),
    );
  });
  return done;
}
