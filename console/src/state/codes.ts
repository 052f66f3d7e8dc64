// Words for codes that mean one thing here and another elsewhere, such as OPEN of a conflict and
// OPEN of a watch; the node's own words (`term`) serve for all others.

import { mark, t, term } from "./words.svelte";

const KINDS: Record<string, string> = {
  UNDERSTANDING: mark("Understanding"),
  AMENDMENT: mark("Amendment"),
  KEY_CHANGE: mark("Change of key"),
  KEY_REVOKE: mark("Revocation of a key"),
  EPOCH: mark("New outbox"),
  ROSTER: mark("Roster"),
  TEXT: mark("Text"),
  NOTICE: mark("Notice"),
  READ: mark("Reading"),
  READ_BACK: mark("Read-back"),
  RESPONSE: mark("Response"),
  CORRECTION: mark("Correction"),
  QUERY_ACK: mark("Question whether it arrived"),
  PASSED_ON: mark("Passing on"),
  CODED: mark("Coded message"),
  TRANSLATION: mark("Translation"),
  LINE_CHECK: mark("Line check"),
  LINE_CHECK_REPLY: mark("Answer to a line check"),
  DECLARATION: mark("Declaration"),
  SERVICE: mark("Service of a circuit"),
  RESUMPTION_OFFER: mark("Offer to resume"),
  WATCH: mark("Watch"),
  QUERY: mark("Query"),
  ANSWER: mark("Answer"),
  WARNING: mark("Warning"),
  EXPLANATION: mark("Request for explanation"),
  SITE: mark("Site"),
  ZONE: mark("Zone"),
  MOVEMENT: mark("Movement"),
  TRACK: mark("Shared track"),
  INCIDENT: mark("Report of an incident"),
  INQUIRY: mark("Step of an inquiry"),
  VIOLATION: mark("Alleged violation"),
  PROTEST: mark("Protest or note"),
  CONTACT: mark("Request for a contact"),
  CONTACT_REPLY: mark("Answer to a request for a contact"),
  CALL_RECORD: mark("Call record"),
  READOUT: mark("Readout"),
  ESCALATION: mark("Lifting to a tier"),
  RING: mark("Telephone call"),
  VOICE_NOTE: mark("Voice note"),
  CALL: mark("Step of a call"),
  conflict: mark("Conflict"),
  private: mark("Kept private"),
};

const CONFLICT_STATES: Record<string, string> = {
  OPEN: mark("open"),
  CHANGED: mark("changed"),
};

const INCIDENT_WORDS: Record<string, string> = {
  OBSERVATION: mark("observation"),
  FIRST: mark("first report"),
  FULL: mark("full report"),
  OPEN: mark("inquiry opened"),
  FINDING: mark("finding"),
  CLOSE: mark("closing"),
  CLOSE_IN_DISAGREEMENT: mark("closing in disagreement"),
  OWN: mark("each side for itself"),
  JOINT: mark("both sides together"),
  ALONE: mark("of one side alone"),
  DIFFERING: mark("differing"),
  incident: mark("report or inquiry"),
  about: mark("what it is about"),
  claim: mark("claim"),
  answer: mark("answer"),
};

const READOUT_STEPS: Record<string, string> = {
  PROPOSE: mark("proposal"),
  AGREE: mark("agreement"),
  DIFFER: mark("other words"),
  PUBLISH: mark("publication"),
  WITHDRAW: mark("withdrawal"),
};

const QUESTIONS: Record<string, string> = {
  ARE_THESE_YOURS: mark("are these yours?"),
  WHAT_IS_YOUR_INTENT: mark("what is your intent?"),
  CONFIRM_NOTICE: mark("confirm the notice"),
  WHO_CONTROLS: mark("who controls them?"),
  CEASE: mark("cease"),
  HOLD: mark("hold"),
  TURN: mark("turn away"),
  CLEAR: mark("clear the area"),
  OTHER: mark("other"),
};

const CODE_BOOK_WORDS: Record<string, string> = {
  NOTHING: mark("nothing further"),
  QUERY: mark("query"),
  WARNING: mark("warning"),
  HOLDING: mark("answer follows"),
  DISREGARD: mark("disregard the message before"),
  READ: mark("that it was read"),
  ANSWER: mark("an answer"),
  WILCO_OR_UNABLE: mark("will comply, or unable"),
  CONTACT_REPLY: mark("an answer to a request for a contact"),
  NONE: mark("no answer"),
  WORDS: mark("words"),
  POSITION: mark("position"),
  INSTANT: mark("instant"),
  MINUTES: mark("minutes"),
  COUNT: mark("number"),
  SERIAL: mark("serial"),
  TIER: mark("tier"),
  CIRCUIT: mark("circuit"),
};

const DRAFT_STATES: Record<string, string> = {
  WAITING: mark("waits for a second person"),
  RELEASED: mark("released"),
  REJECTED: mark("rejected"),
  TOO_OLD: mark("out of date"),
};

const PLACE_STATES: Record<string, string> = {
  LAPSED: mark("not re-validated"),
};

const worded =
  (words: Record<string, string>) =>
  (code: string): string => {
    const sentence = words[code];
    return sentence ? t(sentence) : term(code);
  };

/** What a kind of message is called; a code that is none is left to the node's words. */
export const kindWord = worded(KINDS);
export const conflictWord = worded(CONFLICT_STATES);
export const incidentWord = worded(INCIDENT_WORDS);
export const readoutWord = worded(READOUT_STEPS);
export const questionWord = worded(QUESTIONS);
export const codeBookWord = worded(CODE_BOOK_WORDS);
export const draftWord = worded(DRAFT_STATES);
export const placeWord = worded(PLACE_STATES);

/** The agreed hours of a post: a schedule stands as it was agreed, in Zulu. */
export function hoursWord(hours: string): string {
  if (hours === "24 h") return t("round the clock");
  return hours === "on call" ? t("on call") : hours;
}
