// What an officer says about a watch: the fields of the message WATCH.

import type { Watch } from "../api/things";

export type Change = "OPENED" | "TAKEN_OVER" | "CLOSED" | "UNMANNED";

export interface Begun {
  now: number;
  language: string;
  post: string;
  officer: string;
  plannedUntil: number;
  languages: string[];
  communicator: string;
  remark: string;
}

const HEX = /^([0-9a-f]{2})+$/;

/** Bytes in hexadecimal as base64, as fields of messages have them. */
export function toBase64(hex: string): string {
  if (!HEX.test(hex)) return "";
  const bytes = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => parseInt(byte, 16))));
}

const instant = (at: number): string => new Date(at).toISOString();

/** A watch begins: opened at a post, or taken over from whoever is on it. */
export function beginning(begun: Begun, from: Watch | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    change: from ? "TAKEN_OVER" : "OPENED",
    post: begun.post,
    officer: begun.officer,
    since: instant(begun.now),
    planned_until: instant(begun.plannedUntil),
    languages: [...new Set(begun.languages)].sort(),
    communicator: begun.communicator,
    remark: begun.remark,
    language: begun.language,
  };
  if (from) {
    fields["relieved"] = from.officer;
    if (from.offer) fields["brief"] = toBase64(from.offer.brief);
  }
  return fields;
}

/** A watch ends, or nobody is there who should be; the last officer answers for it. */
export function ending(
  change: "CLOSED" | "UNMANNED",
  watch: Watch,
  now: number,
  remark: string,
  language: string,
): Record<string, unknown> {
  const { post, officer } = watch;
  return { change, post, officer, since: instant(now), remark, language };
}

/** Whether somebody is on watch there by the party's own word. */
export const isManned = (watch: Watch): boolean =>
  watch.officer !== "" && !["CLOSED", "UNMANNED", "NOT_OPENED"].includes(watch.state);

/** Whether a post should have somebody on it and has not. */
export const isUnmanned = (watch: Watch): boolean =>
  watch.state === "UNMANNED" || (watch.should_be_manned === true && !isManned(watch));

/** As a name is compared: capitals and spaces make no other person. */
const plain = (name: string): string =>
  name.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");

export const isSamePerson = (one: string, other: string): boolean => plain(one) === plain(other);
