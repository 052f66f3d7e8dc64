// What the node tells, by the names of the API's own description (`src/api/schema.d.ts` is
// generated from it by `npm run types`).

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Act = Schemas["Act"];
export type Acts = Schemas["Acts"];
export type AirAlert = Schemas["AirAlertShown"];
export type Alarm = Schemas["Alarm"];
export type Brief = Schemas["Brief"];
export type Calls = Schemas["Calls"];
export type CallTold = Schemas["CallTold"];
export type TelephoneTold = Schemas["TelephoneTold"];
export type CertificateRead = Schemas["CertificateRead"];
export type CodeBook = Schemas["CodeBook"];
export type Conflict = Schemas["Conflict"];
export type ContactDraft = Schemas["ContactDraft"];
export type ContactMatter = Schemas["ContactMatter"];
export type Counterpart = Schemas["Counterpart"];
export type Draft = Schemas["Draft"];
export type Due = Schemas["DueOnLine"];
export type CheckedMessage = Schemas["CheckedMessage"];
export type Choice = Schemas["Choice"];
export type Encounter = Schemas["Encounter"];
export type FieldFault = Schemas["FieldFault"];
export type FieldForm = Schemas["FieldForm"];
export type FormField = Schemas["FormField"];
export type Forms = Schemas["Forms"];
export type Hold = Schemas["Hold"];
export type HoldWhole = Schemas["HoldWhole"];
export type ImportedActivity = Schemas["ImportedActivity"];
export type ImportedFile = Schemas["ImportedFile"];
export type Incident = Schemas["Incident"];
export type Ledger = Schemas["Ledger"];
export type LineState = Schemas["LineState"];
export type Mark = Schemas["Mark"];
export type Matter = Schemas["Matter"];
export type Message = Schemas["Message"];
export type MessageForm = Schemas["MessageForm"];
export type MessageRecord = Schemas["MessageRecord"];
export type Movement = Schemas["Movement"];
export type Notice = Schemas["Notice"];
export type NoticeWhole = Schemas["NoticeWhole"];
export type Preview = Schemas["Preview"];
export type Private = Schemas["Private"];
export type PrivateWhole = Schemas["PrivateWhole"];
export type HandedFile = Schemas["HandedFile"];
export type RecordedTracks = Schemas["RecordedTracks"];
export type ReadoutWhole = Schemas["ReadoutWhole"];
export type Said = Schemas["Said"];
export type Site = Schemas["Site"];
export type Status = Schemas["Status"];
export type Terms = Schemas["Terms"];
export type Track = Schemas["TrackShown"];
export type TrackQuestion = Schemas["TrackSaying"];
export type VersionDifferences = Schemas["VersionDifferences"];
export type ViolationDraft = Schemas["ViolationDraft"];
export type Watch = Schemas["WatchTold"];
export type WordChange = Schemas["WordChange"];
export type Zone = Schemas["Zone"];

/** Precedences, the loudest first. */
export const PRECEDENCES = ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"] as const;
export type Precedence = (typeof PRECEDENCES)[number];

/** 0 for FLASH up to 3 for ROUTINE: sorts by urgency. */
export function rank(precedence: string): number {
  const found = (PRECEDENCES as readonly string[]).indexOf(precedence);
  return found < 0 ? PRECEDENCES.length : found;
}
