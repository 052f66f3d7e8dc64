import { describe, expect, it } from "vitest";
import type { Mark, MessageRecord } from "../src/api/things";
import {
  answersTo,
  doneSteps,
  isTicked,
  PROCEDURES,
  proceduresFor,
  type Facts,
} from "../src/forms/procedures";

const OWN = "alpha.example";
const mark = (party: string, said = ""): Mark =>
  ({ party, post: "watch", officer: "A", at: 1, received_at: 1, serial: "X", said }) as Mark;

const message = (change: Partial<MessageRecord> = {}): MessageRecord =>
  ({
    party: "bravo.example",
    epoch: 1,
    index: 7,
    kind: "WARNING",
    precedence: "FLASH",
    recipients: [OWN],
    ...change,
    marks: {
      recorded: null,
      delivered: {},
      read: [],
      read_back: [],
      answered: [],
      ...change.marks,
    },
  }) as unknown as MessageRecord;

const facts = (change: Partial<Facts> = {}): Facts => ({
  own: OWN,
  message: null,
  answers: [],
  matter: null,
  since: [],
  ...change,
});

const of = (id: string) => {
  const found = PROCEDURES.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
};
const NONE: ReadonlySet<number> = new Set();
const EVERY: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

describe("procedures", () => {
  it("are P1 to P13, each with steps", () => {
    expect(PROCEDURES.map((one) => one.id)).toEqual(
      Array.from({ length: 13 }, (_, number) => `P${number + 1}`),
    );
    for (const one of PROCEDURES) expect(one.steps.length).toBeGreaterThan(1);
  });

  it.each(PROCEDURES)("$id has nothing done at its beginning", (procedure) => {
    expect(doneSteps(procedure, facts(), NONE)).not.toContain(true);
  });

  it.each(PROCEDURES)("$id lets nobody tick what the record shows", (procedure) => {
    const done = doneSteps(procedure, facts(), EVERY);
    procedure.steps.forEach((step, number) => expect(done[number]).toBe(isTicked(step)));
  });

  it("lets an officer say that nobody is to be warned, for it is over", () => {
    const [first] = of("P11").steps;
    expect(first && isTicked(first)).toBe(true);
    expect(doneSteps(of("P11"), facts(), new Set([0]))[0]).toBe(true);
    const warned = facts({ since: [message({ party: OWN })] });
    expect(doneSteps(of("P11"), warned, NONE)[0]).toBe(true);
  });

  it("see what answers an answer, and lead to the readout of a contact", () => {
    const contact = message({ index: 1, kind: "CONTACT" });
    const to = (index: number) => ({ party: "bravo.example", index });
    const readout = message({ index: 2, kind: "READOUT", reply_to: to(1) as never });
    const agreed = message({ index: 3, kind: "READOUT", reply_to: to(2) as never });
    const other = message({ index: 4, kind: "TEXT" });
    const answers = answersTo(contact, [contact, readout, agreed, other]);
    expect(answers).toEqual([readout, agreed]);
    const publish = of("P12").steps[3]?.leads;
    const leads = publish?.sort === "about" ? publish.of : undefined;
    expect(leads?.(facts({ message: contact, answers }))).toBe(readout);
  });

  it("of a FLASH show what a person of ours did, not what others did", () => {
    const theirs = message({ marks: { read: [mark("charlie")] } as never });
    expect(doneSteps(of("P2"), facts({ message: theirs }), NONE)).not.toContain(true);
    const ours = message({
      marks: { read: [mark(OWN)], read_back: [mark(OWN)], answered: [mark(OWN, "WILCO")] } as never,
    });
    const done = doneSteps(of("P2"), facts({ message: ours }), NONE);
    expect(done).toEqual([false, true, false, true, true, false, false]);
  });

  it("of a notice go on with delivery, reading and read-back by the other side", () => {
    const sent = { party: OWN, kind: "NOTICE", recipients: ["bravo.example"] };
    const first = doneSteps(of("P3"), facts({ message: message(sent) }), NONE);
    expect(first).toEqual([true, true, true, false, false, false, false, false]);
    const marks = {
      delivered: { "bravo.example": 5 },
      read: [],
      read_back: [mark("bravo.example")],
      answered: [],
    };
    const later = message({ ...sent, marks: marks as never });
    const done = doneSteps(of("P3"), facts({ message: later }), NONE);
    expect(done).toEqual([true, true, true, true, true, true, false, false]);
  });

  it("of a query do not take HOLDING for an answer", () => {
    const query = message({ kind: "QUERY", marks: { answered: [mark(OWN, "HOLDING")] } as never });
    const answers = [message({ kind: "ANSWER", party: OWN })];
    const done = doneSteps(of("P6"), facts({ message: query, answers }), NONE);
    expect(done.slice(0, 4)).toEqual([true, true, false, false]);
  });

  it("of an incident ask for a report of each side", () => {
    const one = message({ kind: "INCIDENT", party: OWN });
    const reports = [message({ kind: "INCIDENT", party: OWN })];
    const step = of("P11").steps.findIndex((found) => found.says.startsWith("Each side"));
    const isDone = (answers: MessageRecord[]): boolean | undefined =>
      doneSteps(of("P11"), facts({ message: one, answers }), NONE)[step];
    expect(isDone(reports)).toBe(false);
    expect(isDone([...reports, message({ kind: "INCIDENT" })])).toBe(true);
  });

  it("are offered for what they are about", () => {
    const ids = (kind: string, isOurs: boolean, precedence = "FLASH"): string[] =>
      proceduresFor(kind, isOurs, precedence).map((one) => one.id);
    expect(ids("WARNING", false)).toEqual(["P2", "P9"]);
    expect(ids("WARNING", true)).toEqual(["P9"]);
    expect(ids("TEXT", false, "ROUTINE")).toEqual(["P9"]);
    expect(ids("NOTICE", true)).toEqual(["P3", "P9"]);
    expect(ids("READ", false)).toEqual([]);
  });
});
