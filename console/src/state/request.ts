// Sending once: an act that the officer began has one id, so that a double click, a retry after a
// cut connection, or a reload cannot say a thing twice.

import { act, ApiError, NO_ANSWER } from "../api/client";
import type { Draft, Said } from "../api/things";
import type { Line } from "./line.svelte";

export interface ToSay {
  kind: string;
  fields: Record<string, unknown>;
  precedence?: string;
  reply_to?: { party: string; index: number };
  recipients?: string[];
}

export function newRequestId(): string {
  return crypto.randomUUID();
}

const TRIES = 3;
const AGAIN_MS = 1_000;

/** Say it, and again with the same id where no answer came; the node says it once. */
export const say = (line: Line, what: ToSay, requestId: string): Promise<Said> =>
  once<Said>(`${line.path}/messages`, what, requestId);

/** Leave it for a second person; in the same way the node keeps one draft of it. */
export const leave = (
  line: Line,
  { kind, fields, precedence, recipients }: ToSay,
  requestId: string,
): Promise<Draft> =>
  once<Draft>(`${line.path}/drafts`, { kind, fields, precedence, recipients }, requestId);

async function once<T>(path: string, what: object, requestId: string): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await act<T>(path, { ...what, request_id: requestId });
    } catch (error) {
      const isSilence = error instanceof ApiError && error.status === NO_ANSWER;
      if (!isSilence || tried >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * tried));
    }
  }
}
