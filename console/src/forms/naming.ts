// What may stand in a field of one row, as far as the node knows it: names of the Understanding, of
// the line and of what is live on it, each with the officer's words for it. Where the list is
// closed the node takes nothing else; elsewhere something else can still be written.

import type { Choice, FieldForm } from "../api/things";
import { t, term } from "../state/words.svelte";
import type { Agreed } from "./known.svelte";

const ANY = "any";
/** What may be kept open beside scopes (`docs/spec/declaration.md`). */
const KEPT_OPEN = ["contact", "flash", "humanitarian", "line_check"];

/** What is known where a form is filled in. */
export interface Known {
  agreed: Agreed;
  /** Our party, and everybody's in the order in which they are listed. */
  own: string;
  parties: readonly string[];
  circuits: readonly string[];
  incidents: readonly string[];
  zones: readonly string[];
  /** Of the officer, to name languages and places in. */
  language: string;
}

export interface Offered {
  choices: Choice[];
  isClosed: boolean;
}

const NOTHING: Offered = { choices: [], isClosed: false };

/** What to offer in a field; nothing where the node knows of nothing. */
export function offered(name: string, form: FieldForm, known: Known): Offered {
  const { agreed } = known;
  if (form.form === "language") return open(agreed.languages ?? [], languageIn(known.language));
  if (form.form === "party") return closed(known.parties, (one) => one);
  switch (name) {
    case "scope":
    case "scopes":
      return closed(agreed.scopes ?? []);
    case "kept_open":
      return closed([...(agreed.scopes ?? []), ...KEPT_OPEN]);
    case "category":
      return open((agreed.lead_times ?? []).map((one) => one.category));
    case "kind":
    case "applies_to":
      return open((agreed.separations ?? []).flatMap((one) => one.kinds));
    case "reference":
      return closed(
        (agreed.reference_points ?? []).map((one) => one.name),
        (one) => titleOf(one, known),
      );
    case "post":
      return closed(postsOf(known).map((one) => one.name));
    case "tier":
      return tiersOf(known);
    case "circuit":
    case "fallback":
      return open(known.circuits, (one) => one);
    case "incident":
      return open(known.incidents, (one) => one);
    case "zone":
      return open(known.zones, (one) => one);
    default:
      return NOTHING;
  }
}

/** The same with what stands in the field already, which may be of another day. */
export function withHeld(choices: readonly Choice[], held: readonly string[]): Choice[] {
  const codes = new Set(choices.map((one) => one.code));
  const more = held.filter((one) => one && !codes.has(one));
  return [...choices, ...more.map((code) => ({ code, said: code }))];
}

function listed(codes: readonly string[], said: (code: string) => string): Choice[] {
  return [...new Set(codes)]
    .filter((one) => one && one !== ANY)
    .map((code) => ({ code, said: said(code) }));
}
const open = (codes: readonly string[], said: (code: string) => string = term): Offered => ({
  choices: listed(codes, said),
  isClosed: false,
});
const closed = (codes: readonly string[], said: (code: string) => string = term): Offered => ({
  choices: listed(codes, said),
  isClosed: true,
});

function languageIn(language: string): (code: string) => string {
  const names = new Intl.DisplayNames([language], { type: "language", fallback: "code" });
  return (code) => names.of(code) ?? code;
}

function titleOf(name: string, { agreed, language }: Known): string {
  const titles = agreed.reference_points?.find((one) => one.name === name)?.titles ?? {};
  return titles[language] ?? titles["en"] ?? name;
}

function postsOf({ agreed, own }: Known): { name: string; tier: number }[] {
  return agreed.parties?.find((one) => one.name === own)?.posts ?? [];
}

/** Each tier with the posts that stand at it, of whichever party. */
function tiersOf({ agreed }: Known): Offered {
  const posts = (agreed.parties ?? []).flatMap((one) => one.posts ?? []);
  const tiers = [...new Set(posts.map((one) => one.tier))].sort((one, other) => one - other);
  const atTier = (tier: number): string[] => [
    ...new Set(posts.filter((one) => one.tier === tier).map((one) => term(one.name))),
  ];
  const choices = tiers.map((tier) => ({
    code: String(tier),
    said: t("Tier {number}: {posts}", { number: tier, posts: atTier(tier).join(", ") }),
  }));
  return { choices, isClosed: true };
}
