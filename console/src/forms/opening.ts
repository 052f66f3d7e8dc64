// How a form begins: empty, with some words chosen, as an answer to a message, or as a change of what
// a message says. All of it follows from the address, so that a reload finds it again.

import type { FormField, Message, MessageForm } from "../api/things";
import type { Line } from "../state/line.svelte";
import { read, part } from "../api/client";
import { draftNumbered } from "../state/imported.svelte";
import { prefilledOf } from "../state/prefilled";
import { go } from "../state/route.svelte";
import { emptyValues, valuesOf, type Beginning, type Values } from "./values";

/** What a form is about: a message, and in which manner. */
export interface About {
  party: string;
  index: number;
  /** A choice such as OBJECTED or CANCEL; empty for none. */
  manner: string;
}

export interface Begun {
  values: Values;
  precedence: string;
  reply_to: { party: string; index: number } | null;
  /** The message that it answers or changes. */
  about: Message | null;
  isChange: boolean;
}

/** Open the form of a kind; about a message, if one is named. */
export function openForm(
  kind: string,
  about?: { party: string; index: number },
  manner = "",
): void {
  const rest = about ? [about.party, String(about.index)] : [];
  go("say", kind, ...(about && manner ? [...rest, manner] : rest));
}

/** Stands in the address before the names and codes of words that are chosen already. */
const WITH = "with";

/** Open the form of a kind with words chosen by the name of their field: `{ status: "SUSPENDED" }`. */
export function openFormWith(kind: string, chosen: Record<string, string>): void {
  go("say", kind, WITH, ...Object.entries(chosen).flat());
}

/** The words that the address chooses; none if it is about a message. */
export function chosenOf(rest: readonly string[]): Record<string, string> {
  if (rest[0] !== WITH) return {};
  const chosen: Record<string, string> = {};
  for (let n = 1; n + 1 < rest.length; n += 2) chosen[rest[n] ?? ""] = rest[n + 1] ?? "";
  return chosen;
}

/** Stands in the address before the number of a draft that was read from a file. */
const IMPORTED = "imported";

/** The number of the draft that the address names; 0 if it names none. */
export function importedOf(rest: readonly string[]): number {
  return rest[0] === IMPORTED && /^\d{1,6}$/.test(rest[1] ?? "") ? Number(rest[1]) : 0;
}

/** The message that the address names behind the kind. */
export function aboutOf(rest: readonly string[]): About | null {
  const [party, index, manner = ""] = rest;
  if (!party || !/^\d{1,15}$/.test(index ?? "")) return null;
  return { party, index: Number(index), manner };
}

/** Manners by which a form replaces or takes back what a message says. */
const CHANGES = ["REPLACE", "CHANGE", "CANCEL"];
/** Fields that a manner takes over from the message of the same kind that it is about. */
const TAKEN_OVER: Record<string, string[]> = { PUBLISH: ["mode", "texts"], DIFFER: ["texts"] };

export async function begin(
  line: Line,
  form: MessageForm,
  rest: readonly string[],
  beginning: Beginning,
): Promise<Begun> {
  const values = emptyValues(form.fields, beginning);
  const first = form.precedences[0]?.code ?? "ROUTINE";
  const begun = prefilledOf(line.name, rest) ?? draftNumbered(line.name, importedOf(rest))?.fields;
  if (begun) {
    const fields = valuesOf(form.fields, begun, beginning);
    return { values: fields, precedence: first, reply_to: null, about: null, isChange: false };
  }
  const about = importedOf(rest) ? null : aboutOf(rest);
  if (!about) {
    const chosen = chosenOf(rest);
    for (const field of form.fields) {
      const code = chosen[field.name];
      if (code !== undefined && hasChoice(field, code)) values[field.name] = code;
    }
    return { values, precedence: first, reply_to: null, about: null, isChange: false };
  }
  const path = `${line.path}/messages/${part(about.party)}/${about.index}`;
  const message = await read<Message>(path);
  return from(form, about, message, values, beginning);
}

/** The form about a message that was read. */
export function from(
  form: MessageForm,
  about: About,
  message: Message,
  empty: Values,
  beginning: Beginning,
): Begun {
  const isChange =
    message.kind === form.kind && CHANGES.includes(about.manner) && message.body !== null;
  const precedence = allowed(form, message.precedence);
  if (isChange) {
    const body = { ...(message.corrected ?? message.body), operation: about.manner };
    const version = Number((body as Record<string, unknown>)["version"] ?? 0) + 1;
    const values = valuesOf(form.fields, { ...body, version }, beginning);
    if (about.manner === "CANCEL" && "volumes" in values) values["volumes"] = [];
    return { values, precedence, reply_to: null, about: message, isChange: true };
  }
  const reference = { party: about.party, index: about.index };
  const values = { ...empty };
  const isSameKind = message.kind === form.kind && message.body !== null;
  const taken = isSameKind ? (TAKEN_OVER[about.manner] ?? []) : [];
  if (taken.length) {
    const held = valuesOf(form.fields, { ...message.body }, beginning);
    for (const name of taken) if (name in held) values[name] = held[name] ?? "";
  }
  // What is said about an incident names it by its id; `of` is an earlier step of the same matter.
  const isByIncident = message.kind === "INCIDENT" && form.fields.some(isIncident);
  for (const field of form.fields) {
    if (isByIncident && field.name === "of") continue;
    if (field.name === "of") values["of"] = { ...reference, index: String(about.index) };
    else if (isEchoed(field)) {
      const held = message.body?.[field.name];
      if (typeof held === "number") values[field.name] = String(held);
    } else if (isIncident(field)) values[field.name] = String(message.body?.[field.name] ?? "");
    if (hasChoice(field, about.manner)) values[field.name] = about.manner;
  }
  return { values, precedence, reply_to: reference, about: message, isChange: false };
}

/** Whether the field is a word of which one choice has this code. */
const hasChoice = ({ form }: FormField, code: string): boolean =>
  form.form === "word" && (form.choices ?? []).some((one) => one.code === code);

/** The id of an incident, which goes on in whatever is said about it. */
const isIncident = (field: FormField): boolean => field.name === "incident";

/** A number that an answer repeats, such as that of a line check. */
const isEchoed = (field: FormField): boolean => !field.left_out && field.form.form === "whole";

function allowed(form: MessageForm, wanted: string): string {
  const codes = form.precedences.map((one) => one.code);
  return codes.includes(wanted) ? wanted : (codes[0] ?? "ROUTINE");
}
