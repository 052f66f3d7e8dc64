// Server-sent events read by hand (WHATWG HTML, section 9.2), for a browser's own reader tells
// nothing of the comments by which a silent stream is known from a dead one.

import { currentLanguage } from "../state/words.svelte";

export interface StreamEvent {
  id: string;
  name: string;
  data: unknown;
}

/** What a piece of the stream brought: events, and whether anything at all came. */
export class EventParser {
  private rest = "";
  private id = "";
  private name = "";
  private data: string[] = [];

  /** The events that are complete with this piece. */
  feed(piece: string): StreamEvent[] {
    const found: StreamEvent[] = [];
    // A row of megabytes comes in many pieces, and is looked through once, when it is whole.
    const rows = piece.includes("\n") ? (this.rest + piece).split("\n") : [this.rest + piece];
    this.rest = rows.pop() ?? "";
    if (this.rest.length > ROW_CHARS_MAX) throw new Error("The stream has a row without end.");
    for (const row of rows) {
      const event = this.row(row.endsWith("\r") ? row.slice(0, -1) : row);
      if (event) found.push(event);
    }
    return found;
  }

  /** The id to go on after, when the stream is cut. */
  get lastId(): string {
    return this.id;
  }

  private row(row: string): StreamEvent | undefined {
    if (row === "") return this.complete();
    const colon = row.indexOf(":");
    const field = colon < 0 ? row : row.slice(0, colon);
    const value = colon < 0 ? "" : row.slice(colon + 1).replace(/^ /, "");
    if (field === "id") this.id = value;
    else if (field === "event") this.name = value;
    else if (field === "data") this.data.push(value);
    return undefined;
  }

  private complete(): StreamEvent | undefined {
    const { name, data } = this;
    this.name = "";
    this.data = [];
    if (data.length === 0) return undefined;
    return { id: this.id, name: name || "message", data: JSON.parse(data.join("\n")) };
  }
}

const ROW_CHARS_MAX = 16_000_000;

export interface Listener {
  /** The stream stands; what came before is complete (`isResumed`) or must be read anew. */
  onEvent(event: StreamEvent): void;
  /** Something came, if only a sign of life. */
  onLife(): void;
  /** The stream ended or was refused; `status` is that of the answer, 0 for none. */
  onEnd(status: number): void;
}

/** Follow a stream of the node until `stop` is aborted; the id of the last event is handed on. */
export async function follow(
  lastId: string,
  listener: Listener,
  stop: AbortSignal,
  path = "/events",
): Promise<string> {
  const parser = new EventParser();
  let status = 0;
  try {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastId) headers["last-event-id"] = lastId;
    const answer = await fetch(`${path}?language=${currentLanguage()}`, {
      headers,
      signal: stop,
      credentials: "same-origin",
    });
    status = answer.status;
    if (!answer.ok || !answer.body) return lastId;
    const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await pieces.read();
      if (done) break;
      listener.onLife();
      for (const event of parser.feed(value)) listener.onEvent(event);
    }
  } catch {
    // A cut stream is nothing unusual: whoever listens begins anew.
  } finally {
    listener.onEnd(status);
  }
  return parser.lastId || lastId;
}
