// Kinds of messages by what an officer is about; a kind that no group names is among the others.

import { mark } from "../state/words.svelte";

export interface Group {
  title: string;
  kinds: string[];
}

export const GROUPS: Group[] = [
  { title: mark("Notices"), kinds: ["NOTICE", "MOVEMENT"] },
  { title: mark("Warnings"), kinds: ["WARNING", "CODED"] },
  { title: mark("Queries"), kinds: ["QUERY", "ANSWER", "EXPLANATION"] },
  { title: mark("Text"), kinds: ["TEXT", "CORRECTION", "TRANSLATION"] },
  { title: mark("Checks of the line"), kinds: ["LINE_CHECK", "LINE_CHECK_REPLY", "SERVICE"] },
  { title: mark("Contacts"), kinds: ["CONTACT", "CONTACT_REPLY", "CALL_RECORD", "READOUT"] },
  { title: mark("Places"), kinds: ["SITE", "ZONE"] },
  { title: mark("Incidents"), kinds: ["INCIDENT", "INQUIRY", "VIOLATION", "PROTEST"] },
  { title: mark("Declarations"), kinds: ["DECLARATION", "RESUMPTION_OFFER"] },
];
export const OTHERS = mark("Other");

/** Things by group, in the order of the groups, empty groups left out. */
export function grouped<T extends { kind: string }>(
  all: readonly T[],
): { title: string; forms: T[] }[] {
  const named = new Set(GROUPS.flatMap((group) => group.kinds));
  const groups = GROUPS.map(({ title, kinds }) => ({
    title,
    forms: kinds.flatMap((kind) => all.filter((one) => one.kind === kind)),
  }));
  groups.push({ title: OTHERS, forms: all.filter((one) => !named.has(one.kind)) });
  return groups.filter((group) => group.forms.length > 0);
}
