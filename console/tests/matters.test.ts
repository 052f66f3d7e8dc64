import { describe, expect, it } from "vitest";
import type {
  Conflict,
  Draft,
  Due,
  Matter,
  MessageRecord,
  Notice,
  Site,
  Zone,
} from "../src/api/things";
import { filtered, merged, rowsOf, sorted, type Filter, type Row } from "../src/state/matters";

const EVERYTHING: Filter = {
  group: "all",
  party: "",
  precedence: "",
  openOnly: false,
  words: "",
};
const NOTHING = {
  notices: [],
  matters: [],
  movements: [],
  sites: [],
  zones: [],
  conflicts: [],
  privates: [],
  drafts: [],
  messages: [],
  due: [],
};

const row = (key: string, change: Partial<Row> = {}): Row => ({
  sort: "matter",
  key,
  group: "questions",
  what: "query",
  id: key,
  serial: key,
  party: "alpha.example",
  precedence: "ROUTINE",
  title: "",
  states: [],
  isOpen: true,
  at: 1_000,
  dueAt: null,
  position: 1,
  ...change,
});
const keys = (rows: Row[]): string[] => rows.map((one) => one.key);

const matter = (id: string, subject: string, change: Partial<Matter> = {}): Matter => ({
  position: 1,
  id,
  subject,
  party: "alpha.example",
  index: 1,
  serial: id,
  name: "",
  said: "",
  precedence: "FLASH",
  at: 5,
  is_open: true,
  states: { "bravo.example": "ASKED" },
  tier: 1,
  standings: [],
  ...change,
});

const record = (serial: string, kind: string): MessageRecord => ({
  position: 7,
  serial,
  party: "bravo.example",
  epoch: 1,
  index: 3,
  kind,
  kind_number: 10,
  precedence: "IMMEDIATE",
  at: 9,
  recorded_at: null,
  received_at: 10,
  circuit: "primary",
  by: { post: "watch", officer: "майор Орлов" },
  recipients: [],
  reply_to: null,
  notice_id: "",
  flags: [],
  marks: { recorded: null, delivered: {}, read: [], read_back: [], answered: [] },
});

const notice = (change: Partial<Notice> = {}): Notice => ({
  party: "bravo.example",
  notice_id: "BRAVO-N-0001",
  position: 2,
  version: 1,
  operation: "NEW",
  serial: "BRAVO-0003",
  index: 3,
  is_live: true,
  state: "QUERIED",
  states: { "alpha.example": "QUERIED", "charlie.example": "NOTED" },
  category: "flight",
  kind: "aircraft",
  scope: "air_safety",
  exercise: false,
  valid_from: 100,
  valid_until: 200,
  lead_time_ms: 50,
  lead_class: "NORMAL",
  responses: [],
  earlier_answers: [],
  flags: [],
  versions: [
    {
      version: 1,
      operation: "NEW",
      serial: "BRAVO-0003",
      index: 3,
      at: 9,
      recorded_at: null,
      received_at: 10,
      delivered: {},
      valid_from: 100,
      valid_until: 200,
      states: {},
      lead_time_ms: 50,
      lead_class: "NORMAL",
      flags: [],
    },
  ],
  content: { activity: "Полёт двух самолётов" },
  conflicts: [],
  ...change,
});

describe("what is listed", () => {
  it("gives each sort of matter its group, and the rest to questions", () => {
    const subjects = ["incident", "violation", "contact", "call", "readout", "query", "escalation"];
    const matters = subjects.map((subject) => matter(subject, subject));
    const groups = rowsOf({ ...NOTHING, matters }).map((one) => one.group);
    expect(groups).toEqual([
      "incidents",
      "violations",
      "contacts",
      "calls",
      "readouts",
      "questions",
      "questions",
    ]);
  });

  it("takes a notice's precedence from the message that says it", () => {
    const messages = [record("BRAVO-0003", "NOTICE")];
    const [one] = rowsOf({ ...NOTHING, notices: [notice()], messages });
    expect(one?.precedence).toBe("IMMEDIATE");
    expect(one?.states).toEqual(["QUERIED", "NOTED"]);
    expect(one?.dueAt).toBe(200);
  });

  it("does not take the precedence of another party's serial that is alike", () => {
    const messages = [{ ...record("BRAVO-0003", "NOTICE"), party: "charlie.example" }];
    expect(rowsOf({ ...NOTHING, notices: [notice()], messages })[0]?.precedence).toBe("");
  });

  it("lets no clock run for what is over", () => {
    expect(rowsOf({ ...NOTHING, notices: [notice({ is_live: false })] })[0]?.dueAt).toBeNull();
  });

  it("lets no clock run towards an end that is none", () => {
    const without = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    const notices = [notice({ valid_until: without })];
    expect(rowsOf({ ...NOTHING, notices })[0]?.dueAt).toBeNull();
  });

  it("shows the nearest of the clocks that run on a matter", () => {
    const due = [30, 20, 40].map((at) => ({ matter: "Q", at }) as Due);
    expect(rowsOf({ ...NOTHING, matters: [matter("Q", "query")], due })[0]?.dueAt).toBe(20);
  });

  it("counts removed sites, cancelled zones and ended drafts as over", () => {
    const rows = rowsOf({
      ...NOTHING,
      sites: [{ is_removed: true, remarks: [] } as unknown as Site],
      zones: [{ state: "CANCELLED" } as Zone, { state: "AGREED" } as Zone],
      drafts: [{ state: "REJECTED", by: { officer: "", post: "" } } as Draft],
    });
    expect(rows.map((one) => one.isOpen)).toEqual([false, false, true, false]);
  });

  it("lists texts and coded messages, and no other message", () => {
    const messages = ["TEXT", "READ", "CODED", "NOTICE"].map((kind) => record(kind, kind));
    const rows = rowsOf({ ...NOTHING, messages });
    expect(rows.map((one) => one.what)).toEqual(["TEXT", "CODED"]);
  });
});

describe("filters", () => {
  const rows = [
    row("a", { title: "Khasham vehicles" }),
    row("b", { party: "bravo.example", precedence: "FLASH", isOpen: false }),
    row("c", { group: "texts", title: "Хашам" }),
  ];
  it("shows everything but texts unless texts are wanted", () => {
    expect(keys(filtered(rows, EVERYTHING))).toEqual(["a", "b"]);
    expect(keys(filtered(rows, { ...EVERYTHING, group: "texts" }))).toEqual(["c"]);
  });
  it("narrows by party, by precedence and to what is open", () => {
    expect(keys(filtered(rows, { ...EVERYTHING, party: "bravo.example" }))).toEqual(["b"]);
    expect(keys(filtered(rows, { ...EVERYTHING, precedence: "FLASH" }))).toEqual(["b"]);
    expect(keys(filtered(rows, { ...EVERYTHING, openOnly: true }))).toEqual(["a"]);
  });
  it("wants every word, in any letters and any order", () => {
    expect(keys(filtered(rows, { ...EVERYTHING, words: "VEHICLES khash" }))).toEqual(["a"]);
    expect(keys(filtered(rows, { ...EVERYTHING, words: "vehicles tanks" }))).toEqual([]);
  });
});

describe("order", () => {
  it("puts what is open, loud, due soon and new first", () => {
    const rows = [
      row("ended flash", { precedence: "FLASH", isOpen: false }),
      row("routine", { at: 9_000 }),
      row("due later", { precedence: "PRIORITY", dueAt: 50 }),
      row("due soon", { precedence: "PRIORITY", dueAt: 20 }),
      row("never due", { precedence: "PRIORITY" }),
      row("older routine", { at: 8_000 }),
    ];
    expect(keys(sorted(rows, "urgency"))).toEqual([
      "due soon",
      "due later",
      "never due",
      "routine",
      "older routine",
      "ended flash",
    ]);
  });
  it("puts the newest first by time, whatever its urgency", () => {
    const rows = [
      row("old", { at: 1, precedence: "FLASH" }),
      row("none", { at: null }),
      row("new"),
    ];
    expect(keys(sorted(rows, "time"))).toEqual(["new", "old", "none"]);
  });
  it("leaves the rows that it is given as they are", () => {
    const rows = [row("b", { at: 1 }), row("a", { at: 2 })];
    sorted(rows, "time");
    expect(keys(rows)).toEqual(["b", "a"]);
  });
});

it("keeps each thing once, as the stream has it", () => {
  const all = merged(
    [
      { key: "a", from: "page" },
      { key: "b", from: "page" },
    ],
    [{ key: "b", from: "stream" }],
    (one) => one.key,
  );
  expect(all).toEqual([
    { key: "a", from: "page" },
    { key: "b", from: "stream" },
  ]);
});

it("lists conflicts by what comes near what, with the sentence that says how near", () => {
  const side = (notice_id: string, name = ""): object => ({
    party: "alpha.example",
    notice_id,
    name,
  });
  const conflict = {
    id: "a~b",
    sides: [side("ALPHA-N-0001"), side("", "plan 1")],
    said: "They come nearer than was agreed.",
    verdict: "CONFLICT",
    state: "OPEN",
    opened_at: 5,
    ended_at: null,
    overlap_from: 9,
  } as unknown as Conflict;
  const over = { ...conflict, id: "over", ended_at: 7 };
  const rows = rowsOf({ ...NOTHING, conflicts: [conflict, over] });
  const [open, ...rest] = filtered(rows, { ...EVERYTHING, group: "conflicts", openOnly: true });
  expect(rest).toEqual([]);
  expect(open).toMatchObject({ key: "a~b", id: "ALPHA-N-0001 · plan 1", dueAt: 9 });
  expect(filtered(rows, { ...EVERYTHING, words: "plan nearer" })).toHaveLength(2);
});
