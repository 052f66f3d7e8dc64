// What a message can be answered with, from the forms that the node tells: at once where one word
// is enough, through a form where more is to be said.

import type { Message, MessageForm } from "../api/things";

export interface AnswerChoice {
  kind: string;
  /** The word with which the form begins; empty for none. */
  manner: string;
  said: string;
}

export interface AnswerChoices {
  canReadBack: boolean;
  /** Words of RESPONSE that need nothing beside them. */
  atOnce: AnswerChoice[];
  /** Answers that are meant for this kind. */
  first: AnswerChoice[];
  /** What may be said about any message. */
  more: AnswerChoice[];
  /** Of our own: another version, or taking it back. */
  changes: AnswerChoice[];
}

/** Words that stand by themselves; every other needs a reason, words or a time. */
const ENOUGH = { WARNING: ["WILCO"], OTHERS: ["NOTED"] };
/** WILCO is understood of warnings alone. */
const OF_WARNINGS = ["WILCO"];
/** Kinds whose answers are about our own messages. */
const ABOUT_OUR_OWN = ["QUERY_ACK", "CORRECTION"];
const HAS_VALUES = ["NOTICE", "WARNING", "QUERY", "MOVEMENT", "ZONE", "SITE", "CODED", "TEXT"];
const CHANGED_BY: Record<string, string[]> = {
  NOTICE: ["REPLACE", "CANCEL"],
  MOVEMENT: ["REPLACE", "CANCEL"],
};
/** The next steps of a matter that goes on by messages of one kind. */
const STEPS_OF_THEIRS: Record<string, string[]> = {
  READOUT: ["AGREE", "NO_OBJECTION", "DIFFER", "PUBLISH"],
};
const STEPS_OF_OURS: Record<string, string[]> = { READOUT: ["PUBLISH", "WITHDRAW"] };

export function answersOf(
  forms: readonly MessageForm[],
  message: Pick<Message, "kind" | "party" | "marks">,
  own: string,
): AnswerChoices {
  const isTheirs = message.party !== own;
  const may = forms.filter((one) => one.may_say);
  const response = may.find((one) => one.kind === "RESPONSE");
  const words = isTheirs && response?.answers.includes(message.kind) ? wordsOf(response) : [];
  const isWarning = message.kind === "WARNING";
  const enough = isWarning ? ENOUGH.WARNING : ENOUGH.OTHERS;
  const apart = ["READ", "READ_BACK", "RESPONSE"];

  const direct = may.filter(
    (one) =>
      !apart.includes(one.kind) &&
      one.answers.includes(message.kind) &&
      ABOUT_OUR_OWN.includes(one.kind) === !isTheirs,
  );
  const about = may.filter(
    (one) =>
      !apart.includes(one.kind) &&
      !direct.includes(one) &&
      one.answers.length === 0 &&
      (one.kind === "TEXT" || refersToOne(one)) &&
      (isTheirs || one.kind !== "PASSED_ON") &&
      !(isTheirs && ABOUT_OUR_OWN.includes(one.kind)),
  );
  const choice = (form: MessageForm): AnswerChoice => ({
    kind: form.kind,
    manner: "",
    said: form.title,
  });
  const isReadBack = message.marks.read_back.some((mark) => mark.party !== own);
  const isOurReadBack = message.marks.read_back.some((mark) => mark.party === own);
  const readBack = may.some((one) => one.kind === "READ_BACK");
  return {
    canReadBack:
      readBack && (isTheirs ? HAS_VALUES.includes(message.kind) && !isOurReadBack : isReadBack),
    atOnce: words.filter((one) => enough.includes(one.manner)),
    first: [
      ...words.filter(
        (one) => !enough.includes(one.manner) && !(OF_WARNINGS.includes(one.manner) && !isWarning),
      ),
      ...direct.map(choice),
      ...stepsOf(may, message.kind, isTheirs ? STEPS_OF_THEIRS : STEPS_OF_OURS),
    ],
    more: about.map(choice),
    changes: isTheirs ? [] : changesOf(may, message.kind),
  };
}

function wordsOf(response: MessageForm): AnswerChoice[] {
  const field = response.fields.find((one) => one.name === "answer");
  return (field?.form.choices ?? []).map(({ code, said }) => ({
    kind: "RESPONSE",
    manner: code,
    said,
  }));
}

const refersToOne = (form: MessageForm): boolean =>
  form.fields.some((one) => one.name === "of" && one.form.form === "reference");

const changesOf = (forms: readonly MessageForm[], kind: string): AnswerChoice[] =>
  mannersOf(forms, kind, "operation", CHANGED_BY);

const stepsOf = (
  forms: readonly MessageForm[],
  kind: string,
  steps: Record<string, string[]>,
): AnswerChoice[] => mannersOf(forms, kind, "step", steps);

/** The choices of a kind's own field that may follow a message of that kind. */
function mannersOf(
  forms: readonly MessageForm[],
  kind: string,
  name: string,
  manners: Record<string, string[]>,
): AnswerChoice[] {
  const form = forms.find((one) => one.kind === kind);
  const choices = form?.fields.find((one) => one.name === name)?.form.choices ?? [];
  return choices
    .filter((one) => manners[kind]?.includes(one.code))
    .map(({ code, said }) => ({ kind, manner: code, said }));
}
