// How a line stands, in the shapes that the node's `displayed` has: what it says of each party and
// scope, of line checks, of services and of offers to resume.

import type { LineState } from "../api/things";

export interface Change {
  status?: string;
  effective_at: number;
  announced_at: number;
  index: number;
  serial: string;
  reason?: string;
  conditions?: string;
  kept_open?: string[];
  article?: string | null;
}

export interface Standing extends Partial<Change> {
  state: string;
  since: number;
  pending: Change[];
}

export interface CheckDue {
  due_at: number | null;
  state: string;
  sent_at: number | null;
}

export interface CheckState {
  state: string;
  asked_at: number | null;
  answered_at: number | null;
  missed: number;
  waits_since: number | null;
}

export interface Offer {
  party: string;
  index: number;
  serial: string;
  scopes: string[];
  proposed_at: number;
  reply_by: number | null;
  text: string;
  state: string;
}

export interface Service {
  party: string;
  serial: string;
  circuit: string;
  occasion: string;
  valid_from: number;
  valid_until: number | null;
  text: string;
  is_now: boolean;
}

export interface Displayed {
  word: string;
  own_word: string;
  said: string;
  sentence: string;
  observed: string;
  answered: string;
  checks: Record<string, CheckState>;
  checks_due: { next_number: number; parties: Record<string, CheckDue> };
  declared: Record<string, Record<string, Standing>>;
  contested: string[];
  services: Service[];
  offers: Offer[];
}

/** The line's own account; empty before the node has told it. */
export function displayed(state: LineState | null): Displayed {
  const told = (state?.displayed ?? {}) as Partial<Displayed>;
  return {
    word: "UNKNOWN",
    own_word: "UNKNOWN",
    said: "",
    sentence: "",
    observed: "UNKNOWN",
    answered: "UNTESTED",
    checks: {},
    declared: {},
    contested: [],
    services: [],
    offers: [],
    ...told,
    checks_due: told.checks_due ?? { next_number: 1, parties: {} },
  };
}

export type Sort = "good" | "doubt" | "bad";

const SORTS: Record<string, Sort> = {
  ACTIVE: "good",
  UP: "good",
  IN_FORCE: "good",
  OK: "good",
  ANSWERED: "good",
  UNTESTED: "doubt",
  DEGRADED: "doubt",
  PARTIALLY_SUSPENDED: "doubt",
  RECOVERING: "doubt",
  UNKNOWN: "doubt",
  SUSPENSION_PENDING: "doubt",
  TERMINATION_PENDING: "doubt",
  OFF: "doubt",
};

/** Whether a word of the line is good, doubtful or bad; what is not known is bad. */
export const sortOf = (word: string): Sort => SORTS[word] ?? "bad";

/** The shape that goes with a sort, for eyes that do not tell colours. */
export const SHAPES: Record<Sort, string> = { good: "●", doubt: "◆", bad: "■" };
