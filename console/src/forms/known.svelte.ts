// The forms of a line in the officer's language, and what was agreed on it: read once, kept until
// the line or the language is another.

import { read } from "../api/client";
import type { Forms, MessageForm, Terms } from "../api/things";
import type { Line } from "../state/line.svelte";
import { currentLanguage, term } from "../state/words.svelte";

/** What the Understanding names, as far as forms offer it. */
export interface Agreed {
  parties?: { name: string; posts?: { name: string; tier: number }[]; languages?: string[] }[];
  languages?: string[];
  scopes?: string[];
  separations?: { kinds: string[] }[];
  lead_times?: { category: string }[];
  reference_points?: { name: string; titles?: Record<string, string> }[];
}

let known = $state.raw<{ key: string; forms: Forms; agreed: Agreed } | null>(null);
let asked = "";
let error = $state.raw<unknown>(null);

const keyOf = (line: Line): string =>
  `${line.name} ${currentLanguage()} ${line.state?.understanding ?? ""}`;

/** Ask for the forms of the line, unless they are there; call it in an effect. */
export function askForForms(line: Line): void {
  const key = keyOf(line);
  if (asked === key) return;
  asked = key;
  error = null;
  Promise.all([
    read<Forms>("/forms", { line: line.name }),
    read<Terms>(`${line.path}/understanding`),
  ]).then(
    ([forms, terms]) => {
      if (asked === key) known = { key, forms, agreed: terms.agreed as Agreed };
    },
    (fault: unknown) => {
      if (asked === key) asked = "";
      error = fault;
    },
  );
}

/** The forms, once they were read; those of another language stand until then. */
export function formsOf(line: Line): Forms | undefined {
  return known?.key.startsWith(`${line.name} `) ? known.forms : undefined;
}

export function agreedOn(line: Line): Agreed {
  return known?.key.startsWith(`${line.name} `) ? known.agreed : {};
}

export function formsError(): unknown {
  return error;
}

export function formOf(line: Line, kind: string): MessageForm | undefined {
  return formsOf(line)?.forms.find((one) => one.kind === kind);
}

/** What a kind is called: as its form has it, or else the word for its code. */
export function kindTitle(line: Line, kind: string): string {
  return formOf(line, kind)?.title ?? term(kind);
}

/** Every party of the line, ours first. */
export function partiesOf(line: Line): string[] {
  return [line.own, ...counterpartsOf(line)];
}

export function counterpartsOf(line: Line): string[] {
  return (line.state?.counterparts ?? []).map((one) => one.party);
}
