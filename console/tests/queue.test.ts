import { describe, expect, it } from "vitest";
import type { Alarm, Due, MessageRecord } from "../src/api/things";
import { isUnread, placeAfter, queue, type Waiting } from "../src/state/queue";

const alarm = (id: string, precedence: string, at: number): Alarm => ({
  id,
  name: "FLASH_RECEIVED",
  precedence,
  at,
  facts: {},
  over_at: null,
  acknowledged: null,
  said: id,
});

const due = (matter: string, at: number, precedence = "ROUTINE", isOurs = true): Due => ({
  matter,
  subject: "query",
  clock: "answer",
  at,
  party: "alpha.example",
  precedence,
  tier: 0,
  said: matter,
  is_ours: isOurs,
  tell: [],
});

const message = (change: Partial<MessageRecord> = {}): MessageRecord => ({
  position: 1,
  serial: "BRAVO-0001",
  party: "bravo.example",
  epoch: 1,
  index: 1,
  kind: "TEXT",
  kind_number: 16,
  precedence: "ROUTINE",
  at: 5,
  recorded_at: null,
  received_at: 6,
  circuit: "primary",
  by: { post: "watch", officer: "Maj. Orlov" },
  recipients: ["alpha.example"],
  reply_to: null,
  notice_id: "",
  flags: [],
  marks: { recorded: null, delivered: {}, read: [], read_back: [], answered: [] },
  ...change,
});

const waiting = (change: Partial<Waiting>): Waiting => ({
  own: "alpha.example",
  me: { name: "Maj. Carter", post: "watch", mayRelease: true },
  alarms: [],
  due: [],
  messages: [],
  drafts: [],
  watches: [],
  ...change,
});

describe("the queue", () => {
  it("has the loudest first, and within a precedence what is due soonest", () => {
    const entries = queue(
      waiting({
        alarms: [alarm("late", "FLASH", 20), alarm("early", "FLASH", 10)],
        due: [due("far", 900), due("near", 100), due("urgent", 500, "FLASH")],
      }),
    );
    expect(entries.map((one) => one.of)).toEqual(["urgent", "early", "late", "near", "far"]);
  });

  it("leads to the message itself where the clock runs on a message", () => {
    const place = { party: "alpha.example", epoch: 1, index: 5 };
    const clocks = [
      { ...due("ALPHA-0005", 1), subject: "message", message: place },
      { ...due("ALPHA-0006", 2) },
      { ...due("air-desk", 3), subject: "watch" },
    ];
    const entries = queue(waiting({ due: clocks }));
    expect(entries.map(({ sort, of }) => `${sort} ${of}`)).toEqual([
      "message alpha.example/1/5",
      "matter ALPHA-0006",
      "watch alpha.example/air-desk/false",
    ]);
  });

  it("has a message once, as the most urgent that is to be done about it", () => {
    const flash = message({ precedence: "FLASH" });
    const place = { party: "bravo.example", epoch: 1, index: 1 };
    const about = { subject: "message", said: "", message: place };
    const entries = queue(
      waiting({
        messages: [flash],
        alarms: [alarm("FLASH/bravo.example/1/1", "FLASH", 7)],
        due: [{ ...due("BRAVO-0001", 100, "FLASH"), ...about }],
      }),
    );
    expect(entries.map((one) => [one.why, one.sort, one.of])).toEqual([
      ["due", "message", "bravo.example/1/1"],
    ]);
  });

  it("leads from an alarm about a message to the message, even before that is here", () => {
    const read = {
      party: "alpha.example",
      post: "",
      officer: "",
      at: 1,
      received_at: 1,
      serial: "",
      said: "",
    };
    const none = { recorded: null, delivered: {}, read: [read], read_back: [], answered: [] };
    const entries = queue(
      waiting({
        messages: [message({ marks: none })],
        alarms: [
          alarm("FLASH/bravo.example/1/1", "FLASH", 7),
          alarm("MATTER/bravo.example/1/2", "FLASH", 8),
          alarm("LOST/bravo.example", "IMMEDIATE", 8),
        ],
      }),
    );
    expect(entries.map((one) => [one.sort, one.of])).toEqual([
      ["message", "bravo.example/1/1"],
      ["message", "bravo.example/1/2"],
      ["alarm", "LOST/bravo.example"],
    ]);
  });

  it("leaves out what was acknowledged and what is the other party's turn", () => {
    const seen = { ...alarm("seen", "FLASH", 1), acknowledged: { officer: "Maj. Carter" } };
    expect(queue(waiting({ alarms: [seen], due: [due("theirs", 1, "FLASH", false)] }))).toEqual([]);
  });

  it("calls a message unread until somebody of ours has read or answered it", () => {
    const mark = {
      party: "alpha.example",
      post: "",
      officer: "",
      at: 1,
      received_at: 1,
      serial: "",
      said: "",
    };
    const none = { recorded: null, delivered: {}, read: [], read_back: [], answered: [] };
    expect(isUnread(message(), "alpha.example")).toBe(true);
    expect(isUnread(message({ party: "alpha.example" }), "alpha.example")).toBe(false);
    expect(isUnread(message({ recipients: ["other.example"] }), "alpha.example")).toBe(false);
    expect(isUnread(message({ by: null }), "alpha.example")).toBe(false);
    expect(isUnread(message({ marks: { ...none, answered: [mark] } }), "alpha.example")).toBe(
      false,
    );
    const theirs = { ...none, read: [{ ...mark, party: "bravo.example" }] };
    expect(isUnread(message({ marks: theirs }), "alpha.example")).toBe(true);
  });
});

describe("the place of who walks through the queue", () => {
  const first = queue(waiting({ due: [due("q-1", 10), due("q-2", 20), due("q-3", 30)] }));
  const [, second] = first;

  it("stays at an entry that moved", () => {
    const now = queue(
      waiting({ due: [due("q-0", 5), due("q-1", 10), due("q-2", 20), due("q-3", 30)] }),
    );
    expect(placeAfter(second!, 1, now)).toBe(2);
  });

  it("goes to what leads to the same thing, in another way", () => {
    const unread = queue(waiting({ messages: [message()] }));
    const alarmed = queue(
      waiting({
        alarms: [alarm("X/1", "FLASH", 1), alarm("MATTER/bravo.example/1/1", "ROUTINE", 2)],
        messages: [message()],
      }),
    );
    expect(placeAfter(unread[0]!, 0, alarmed)).toBe(1);
  });

  it("is kept where the entry is gone, and the last where the queue grew short", () => {
    const now = queue(waiting({ due: [due("q-1", 10), due("q-3", 30)] }));
    expect(placeAfter(second!, 1, now)).toBe(1);
    expect(placeAfter(second!, 1, now.slice(0, 1))).toBe(0);
  });
});
