// The record in order: the newest messages from the table, and older ones that were asked for by
// their position.

import { read } from "../api/client";
import type { MessageRecord } from "../api/things";
import type { Line } from "./line.svelte";

const PAGE_COUNT = 200;

export interface LogFilter {
  party: string;
  kind: string;
  precedence: string;
  words: string;
}

/** What is wanted of the record, the newest first. */
export function logged(records: readonly MessageRecord[], filter: LogFilter): MessageRecord[] {
  const words = filter.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return records
    .filter(
      (one) =>
        (!filter.party || one.party === filter.party) &&
        (!filter.kind || one.kind === filter.kind) &&
        (!filter.precedence || one.precedence === filter.precedence) &&
        words.every((word) => told(one).includes(word)),
    )
    .sort((one, other) => other.position - one.position);
}

function told(one: MessageRecord): string {
  const by = one.by ? `${one.by["officer"] ?? ""} ${one.by["post"] ?? ""}` : "";
  return `${one.serial} ${one.notice_id} ${by}`.toLocaleLowerCase();
}

/** The messages just before a position; none before the first. */
export async function before(line: Line, position: number): Promise<MessageRecord[]> {
  const after = Math.max(0, position - 1 - PAGE_COUNT);
  const count = position - 1 - after;
  if (count <= 0) return [];
  const page = await read<{ messages: MessageRecord[] }>(`${line.path}/messages`, { after, count });
  return page.messages;
}
