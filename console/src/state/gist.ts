// What a message is about, in its author's own words: the fields in which people write freely.

import type { Message } from "../api/things";

const FIELDS = ["what", "text", "subject", "place", "reason", "objects", "name", "remark"];
const CHARS_MAX = 300;

/** The first words that people wrote in a message; its whole text where they wrote none. */
export function gist(message: Message): string {
  const body = message.body ?? {};
  const words = FIELDS.flatMap((field) => wordsIn(body[field])).join(" · ");
  return (words || message.text).slice(0, CHARS_MAX);
}

function wordsIn(value: unknown): string[] {
  if (typeof value === "string") return value.trim() ? [value.trim()] : [];
  if (Array.isArray(value)) return value.slice(0, 5).flatMap(wordsIn);
  if (value && typeof value === "object") {
    return wordsIn((value as { what?: unknown; words?: unknown }).what).concat(
      wordsIn((value as { words?: unknown }).words),
    );
  }
  return [];
}
