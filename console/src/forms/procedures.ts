// The procedures of the line as steps: what an officer does, which form or screen it leads to, and
// by what the record shows that it was done. A step without such a sign is ticked by the officer.

import type { Matter, MessageRecord } from "../api/things";
import { mark } from "../state/words.svelte";

/** What the record shows about the thing that a procedure is about. */
export interface Facts {
  own: string;
  /** The message that it is about, if it is about one. */
  message: MessageRecord | null;
  /** Messages about that message, and about these, in the order in which they came. */
  answers: readonly MessageRecord[];
  matter: Matter | null;
  /** Messages since the procedure was begun. */
  since: readonly MessageRecord[];
}

/** Where a step leads: a form about the message, a form of its own, or a screen. */
export type Lead =
  | {
      sort: "about";
      kind: string;
      manner?: string;
      /** Which message it is about, where that is not the one that the procedure is about. */
      of?: (facts: Facts) => MessageRecord | null;
    }
  | { sort: "form"; kind: string }
  | { sort: "screen"; screen: string };

export interface Step {
  says: string;
  leads?: Lead;
  /** Whether the record shows it; without it nobody but the officer can say so. */
  isDone?: (facts: Facts) => boolean;
  /** Whether it is done only under a condition: the officer may say that there is none. */
  isConditional?: boolean;
}

export interface Procedure {
  id: string;
  title: string;
  /** Kinds of messages that it may be about; none where it is about none. */
  about: string[];
  /** Whether the message it is about is ours or another party's; null for either. */
  isOurs: boolean | null;
  steps: Step[];
}

const answered = (facts: Facts, kind: string, isOurs: boolean): boolean =>
  facts.answers.some((one) => one.kind === kind && (one.party === facts.own) === isOurs);
const said = (facts: Facts, kind: string): boolean =>
  facts.since.some((one) => one.kind === kind && one.party === facts.own);
const marked = (facts: Facts, name: "read" | "read_back" | "answered", isOurs: boolean): boolean =>
  (facts.message?.marks[name] ?? []).some((one) => (one.party === facts.own) === isOurs);
const isDelivered = (facts: Facts): boolean =>
  facts.message !== null &&
  facts.message.recipients.length > 0 &&
  facts.message.recipients.every((party) => party in (facts.message?.marks.delivered ?? {}));
const isRead = (facts: Facts): boolean =>
  marked(facts, "read", true) || marked(facts, "read_back", true);

export const PROCEDURES: Procedure[] = [
  {
    id: "P1",
    title: mark("Line check"),
    about: ["LINE_CHECK"],
    isOurs: null,
    steps: [
      {
        says: mark("Choose a neutral text from the approved list; no text is a text as well."),
      },
      {
        says: mark("Say the line check."),
        leads: { sort: "form", kind: "LINE_CHECK" },
        isDone: (facts) => facts.message !== null || said(facts, "LINE_CHECK"),
      },
      {
        says: mark("A person answers with the readability and the state on their side."),
        leads: { sort: "about", kind: "LINE_CHECK_REPLY" },
        isDone: (facts) =>
          facts.answers.some((one) => one.kind === "LINE_CHECK_REPLY") ||
          (facts.message?.marks.answered.length ?? 0) > 0,
      },
    ],
  },
  {
    id: "P2",
    title: mark("FLASH comes in"),
    about: ["TEXT", "NOTICE", "WARNING", "QUERY", "CODED", "MOVEMENT", "INCIDENT", "CONTACT"],
    isOurs: false,
    steps: [
      {
        says: mark(
          "Take it: say “I have it”. Whoever is on watch takes it; nobody waits for another.",
        ),
      },
      {
        says: mark("Open it and say that it is read."),
        leads: { sort: "about", kind: "READ" },
        isDone: isRead,
      },
      {
        says: mark("Look at its values on the map before its words."),
        leads: { sort: "screen", screen: "watch" },
      },
      {
        says: mark("Read the values back."),
        leads: { sort: "about", kind: "READ_BACK" },
        isDone: (facts) => marked(facts, "read_back", true),
      },
      {
        says: mark("Answer within five minutes, or say by when (HOLDING)."),
        leads: { sort: "about", kind: "RESPONSE" },
        isDone: (facts) => marked(facts, "answered", true),
      },
      { says: mark("Tell our own chain.") },
      {
        says: mark("Say to which level it was passed on."),
        leads: { sort: "about", kind: "PASSED_ON" },
        isDone: (facts) =>
          (facts.message?.marks.passed_on ?? []).some((one) => one.party === facts.own),
      },
    ],
  },
  {
    id: "P3",
    title: mark("Sending a notice"),
    about: ["NOTICE"],
    isOurs: true,
    steps: [
      {
        says: mark(
          "Draw the area and write the place in words, from a point that both sides know.",
        ),
        leads: { sort: "form", kind: "NOTICE" },
        isDone: (facts) => facts.message !== null,
      },
      {
        says: mark("See what it would meet; the check runs while it is drawn."),
        isDone: (facts) => facts.message !== null,
      },
      {
        says: mark("Say it, or have it released by a second person."),
        isDone: (facts) => facts.message !== null,
      },
      { says: mark("It is delivered."), isDone: isDelivered },
      {
        says: mark("The other side has read it."),
        isDone: (facts) => marked(facts, "read", false) || marked(facts, "read_back", false),
      },
      {
        says: mark("The other side has read back its area."),
        isDone: (facts) => marked(facts, "read_back", false),
      },
      {
        says: mark("Say whether what was read back is correct."),
        leads: { sort: "about", kind: "READ_BACK" },
        isDone: (facts) => marked(facts, "read_back", true),
      },
      {
        says: mark("The other side has answered. The notice takes effect without that."),
        isDone: (facts) => marked(facts, "answered", false),
      },
    ],
  },
  {
    id: "P4",
    title: mark("Call"),
    about: ["CONTACT"],
    isOurs: null,
    steps: [
      { says: mark("Dial. Say which post of which party speaks, and your name or number.") },
      { says: mark("Make sure who speaks, by the two words of the table; both ways.") },
      {
        says: mark(
          "Ask how they read you, whether an interpreter is there, which language, whether it is recorded.",
        ),
      },
      {
        says: mark(
          "Say the message in numbered paragraphs, with its precedence; let each be interpreted.",
        ),
      },
      { says: mark("Have every place, height and time read back.") },
      { says: mark("Agree who does what, and when you speak next.") },
      { says: mark("Exchange log numbers, check the time, say OUT.") },
      {
        says: mark("Write the call record within an hour."),
        leads: { sort: "about", kind: "CALL_RECORD" },
        isDone: (facts) =>
          said(facts, "CALL_RECORD") || facts.answers.some((one) => one.kind === "CALL_RECORD"),
      },
      {
        says: mark("The other side signs it, or says where it differs."),
        isDone: (facts) =>
          facts.answers.some((one) => one.kind === "CALL_RECORD" && one.marks.answered.length > 0),
      },
    ],
  },
  {
    id: "P5",
    title: mark("Making sure who speaks"),
    about: [],
    isOurs: null,
    steps: [
      {
        says: mark(
          "Say the challenge word of this half minute, from the table or the printed card.",
        ),
      },
      { says: mark("Hear the right answer. If it is wrong, the call is unverified.") },
      { says: mark("Answer their challenge in the same way.") },
      { says: mark("If it failed, call back on the number that is known, and tell tier 2.") },
      { says: mark("If the duress word was said, go on calmly and tell tier 2 at once.") },
    ],
  },
  {
    id: "P6",
    title: mark("Are these yours?"),
    about: ["QUERY"],
    isOurs: null,
    steps: [
      {
        says: mark("Ask: what was seen, where, and when we decide."),
        leads: { sort: "form", kind: "QUERY" },
        isDone: (facts) => facts.message !== null || said(facts, "QUERY"),
      },
      {
        says: mark("Whoever is asked says by when the answer comes (HOLDING)."),
        leads: { sort: "about", kind: "ANSWER", manner: "HOLDING" },
        isDone: (facts) => facts.answers.some((one) => one.kind === "ANSWER"),
      },
      { says: mark("Whoever is asked checks with their own chain, auxiliaries and partners too.") },
      {
        says: mark("The answer says for whom it speaks and until when it holds."),
        leads: { sort: "about", kind: "ANSWER" },
        isDone: (facts) =>
          (facts.message?.marks.answered ?? []).some((one) => one.said !== "HOLDING"),
      },
      { says: mark("Decide, knowing what the answer does not cover.") },
      {
        says: mark("The matter is settled."),
        isDone: (facts) => facts.matter !== null && !facts.matter.is_open,
      },
    ],
  },
  {
    id: "P7",
    title: mark("Contact is lost"),
    about: [],
    isOurs: null,
    steps: [
      {
        says: mark(
          "At once: the second circuit. The node changes over by itself; see the state of the line.",
        ),
      },
      { says: mark("After two minutes: the third circuit, or files by a courier.") },
      { says: mark("After fifteen minutes: telephone from post to post, making sure who speaks.") },
      { says: mark("After an hour: by an attaché or a third party.") },
      {
        says: mark("When it is back: say a service message, and check the line."),
        leads: { sort: "form", kind: "SERVICE" },
        isDone: (facts) => said(facts, "SERVICE") || said(facts, "LINE_CHECK"),
      },
    ],
  },
  {
    id: "P8",
    title: mark("Handing over the watch"),
    about: [],
    isOurs: null,
    steps: [
      {
        says: mark(
          "Read the brief: state, circuits, checks due, open questions, notices of the next watch.",
        ),
      },
      {
        says: mark("Settle every FLASH that nobody has read: a watch with one is not handed over."),
      },
      { says: mark("Count keys, cards and equipment; tell what was promised.") },
      { says: mark("Who comes reads, asks, and takes the watch; both sign.") },
      {
        says: mark("The change of the watch is on the record."),
        isDone: (facts) => said(facts, "WATCH"),
      },
    ],
  },
  {
    id: "P9",
    title: mark("Translation"),
    about: ["TEXT", "NOTICE", "QUERY", "ANSWER", "WARNING", "INCIDENT", "PROTEST", "EXPLANATION"],
    isOurs: null,
    steps: [
      { says: mark("Read the original: it alone is authentic.") },
      {
        says: mark("Translate it by the glossary. What a machine made is a gist and is marked so."),
      },
      { says: mark("A second person compares it with the original.") },
      {
        says: mark("Give the translation, with who made, compared and certified it."),
        leads: { sort: "about", kind: "TRANSLATION" },
        isDone: (facts) =>
          answered(facts, "TRANSLATION", true) ||
          (facts.message?.marks.translated ?? []).some((one) => one.party === facts.own),
      },
    ],
  },
  {
    id: "P10",
    title: mark("Suspension and resumption"),
    about: [],
    isOurs: null,
    steps: [
      {
        says: mark("Draft it: which scopes, from when, why, and on what conditions it ends."),
        leads: { sort: "form", kind: "DECLARATION" },
        isDone: (facts) => said(facts, "DECLARATION"),
      },
      {
        says: mark("A second person releases it."),
        leads: { sort: "screen", screen: "watch" },
        isDone: (facts) => said(facts, "DECLARATION"),
      },
      { says: mark("Deliver it as a note as well.") },
      {
        says: mark("Its receipt is held."),
        isDone: (facts) =>
          facts.since.some(
            (one) =>
              one.kind === "DECLARATION" &&
              one.party === facts.own &&
              Object.keys(one.marks.delivered).length > 0,
          ),
      },
      { says: mark("Line checks and warnings go on all the same.") },
    ],
  },
  {
    id: "P11",
    title: mark("Incident"),
    about: ["INCIDENT"],
    isOurs: null,
    steps: [
      {
        says: mark("If it goes on: warn as FLASH."),
        isConditional: true,
        leads: { sort: "form", kind: "WARNING" },
        isDone: (facts) => said(facts, "WARNING"),
      },
      {
        says: mark("Give the first report within half an hour: facts apart from what they mean."),
        leads: { sort: "form", kind: "INCIDENT" },
        isDone: (facts) => facts.message !== null || said(facts, "INCIDENT"),
      },
      { says: mark("Hold logs, tracks and recordings from two hours before to two hours after.") },
      {
        says: mark("Each side gives its own full report within a day."),
        leads: { sort: "about", kind: "INCIDENT" },
        isDone: (facts) =>
          facts.answers.some((one) => one.kind === "INCIDENT" && one.party === facts.own) &&
          facts.answers.some((one) => one.kind === "INCIDENT" && one.party !== facts.own),
      },
      {
        says: mark("Tier 2 of both sides speak."),
        leads: { sort: "form", kind: "CONTACT" },
        isDone: (facts) => said(facts, "CONTACT"),
      },
      {
        says: mark("Open the inquiry, with who leads it and by when."),
        leads: { sort: "about", kind: "INQUIRY" },
        isDone: (facts) => facts.answers.some((one) => one.kind === "INQUIRY"),
      },
      {
        says: mark("Findings and measures are said; the matter is closed."),
        isDone: (facts) => facts.matter !== null && !facts.matter.is_open,
      },
    ],
  },
  {
    id: "P12",
    title: mark("Readout"),
    about: ["CONTACT", "READOUT"],
    isOurs: null,
    steps: [
      { says: mark("Before the contact ends, agree how the public is told, and who began it.") },
      {
        says: mark("Propose the text."),
        leads: { sort: "about", kind: "READOUT", manner: "PROPOSE" },
        isDone: (facts) =>
          facts.message?.kind === "READOUT" || facts.answers.some((one) => one.kind === "READOUT"),
      },
      {
        says: mark("The other side agrees, has no objection, or says where it differs."),
        leads: { sort: "about", kind: "READOUT", manner: "AGREE", of: readoutOf },
        isDone: (facts) => facts.answers.some((one) => one.kind === "READOUT") && bothSay(facts),
      },
      {
        says: mark("Publish it."),
        leads: { sort: "about", kind: "READOUT", manner: "PUBLISH", of: readoutOf },
      },
      { says: mark("Watch what the other side says in public; compare it with what was agreed.") },
    ],
  },
  {
    id: "P13",
    title: mark("Periodic review"),
    about: [],
    isOurs: null,
    steps: [
      {
        says: mark(
          "Read the month's statistics: checks kept, times of receipt, lead times, what was unanswered.",
        ),
      },
      { says: mark("Have the other side count from its own log; both must come to the same.") },
      { says: mark("Look at alleged violations and at false alarms.") },
      {
        says: mark("Arrange the meeting."),
        leads: { sort: "form", kind: "CONTACT" },
        isDone: (facts) => said(facts, "CONTACT"),
      },
    ],
  },
];

/** The first readout of a contact: what is agreed on and published. */
function readoutOf(facts: Facts): MessageRecord | null {
  return [facts.message, ...facts.answers].find((one) => one?.kind === "READOUT") ?? null;
}

/** The messages that are about one, directly or through others, in their order. */
export function answersTo(
  about: { party: string; index: number },
  all: readonly MessageRecord[],
): MessageRecord[] {
  const key = (one: { party: string; index: number }): string => `${one.party}/${one.index}`;
  const known = new Set([key(about)]);
  return all.filter((one) => {
    if (!one.reply_to || !known.has(key(one.reply_to))) return false;
    known.add(key(one));
    return true;
  });
}

/** Whether readouts of both sides are there. */
function bothSay(facts: Facts): boolean {
  const all = [facts.message, ...facts.answers].filter((one) => one?.kind === "READOUT");
  return new Set(all.map((one) => one?.party)).size > 1;
}

/** Procedures that may be about a message. */
export function proceduresFor(kind: string, isOurs: boolean, precedence: string): Procedure[] {
  return PROCEDURES.filter(
    (one) =>
      one.about.includes(kind) &&
      (one.isOurs === null || one.isOurs === isOurs) &&
      // What comes in slower is read and answered without a drill.
      (one.id !== "P2" || precedence === "FLASH" || precedence === "IMMEDIATE"),
  );
}

/** Whether the officer may say that the step is done, or needs not be. */
export const isTicked = (step: Step): boolean => !step.isDone || step.isConditional === true;

/** Which steps are done, by the record and by what the officer ticked. */
export function doneSteps(
  procedure: Procedure,
  facts: Facts,
  ticked: ReadonlySet<number>,
): boolean[] {
  return procedure.steps.map((step, number) => {
    const isShown = step.isDone?.(facts) ?? false;
    return isShown || (isTicked(step) && ticked.has(number));
  });
}
