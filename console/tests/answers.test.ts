import { describe, expect, it } from "vitest";
import type { Message, MessageForm } from "../src/api/things";
import { answersOf } from "../src/forms/answers";
import { digestText } from "../src/forms/digest";
import { grouped } from "../src/forms/groups";
import type { Line } from "../src/state/line.svelte";
import { aboutOf, begin as beginForm, chosenOf, from } from "../src/forms/opening";

const reference = { name: "of", label: "", help: "", form: { form: "reference" } };
const word = (name: string, ...codes: string[]) => ({
  name,
  label: "",
  help: "",
  form: { form: "word", choices: codes.map((code) => ({ code, said: code.toLowerCase() })) },
});
const form = (kind: string, answers: string[], ...fields: object[]): MessageForm =>
  ({
    kind,
    title: kind,
    answers,
    fields,
    may_say: true,
    precedences: [
      { code: "ROUTINE", said: "" },
      { code: "FLASH", said: "" },
    ],
  }) as unknown as MessageForm;

const whole = { name: "number", label: "", help: "", form: { form: "whole" } };
const FORMS = [
  form("TEXT", []),
  form("READ", [], reference),
  form("READ_BACK", [], reference),
  form(
    "RESPONSE",
    ["NOTICE", "WARNING", "TEXT"],
    reference,
    word("answer", "NOTED", "OBJECTED", "WILCO"),
  ),
  form("NOTICE", [], word("operation", "NEW", "REPLACE", "CANCEL"), {
    name: "volumes",
    label: "",
    help: "",
    form: { form: "items", item: { form: "text" } },
  }),
  form("ANSWER", ["QUERY"], reference, word("code", "OURS")),
  form("QUERY_ACK", ["NOTICE", "QUERY"], reference),
  form("LINE_CHECK_REPLY", ["LINE_CHECK"], whole),
  { ...form("TRANSLATION", [], reference), may_say: false },
  form("READOUT", [], word("step", "PROPOSE", "AGREE", "PUBLISH", "WITHDRAW"), reference),
];
const none = { read: [], read_back: [], answered: [], delivered: {}, recorded: null };
const message = (kind: string, party: string, marks: object = none): Message =>
  ({ kind, party, marks, index: 7, precedence: "FLASH", body: null }) as unknown as Message;

describe("answers", () => {
  it("to a notice: noted at once, an objection by its form", () => {
    const found = answersOf(FORMS, message("NOTICE", "bravo"), "alpha");
    expect(found.atOnce.map((one) => one.manner)).toEqual(["NOTED"]);
    expect(found.first.map((one) => one.manner)).toEqual(["OBJECTED"]);
    expect(found.changes).toEqual([]);
    expect(found.canReadBack).toBe(true);
    expect(found.more.map((one) => one.kind)).toEqual(["TEXT", "READOUT"]);
  });
  it("to a warning: WILCO at once", () => {
    const found = answersOf(FORMS, message("WARNING", "bravo"), "alpha");
    expect(found.atOnce.map((one) => one.manner)).toEqual(["WILCO"]);
  });
  it("to a query: the form that is for it", () => {
    const found = answersOf(FORMS, message("QUERY", "bravo"), "alpha");
    expect(found.first.map((one) => one.kind)).toEqual(["ANSWER"]);
  });
  it("to our own notice: change it, or ask whether it arrived", () => {
    const found = answersOf(FORMS, message("NOTICE", "alpha"), "alpha");
    expect(found.changes.map((one) => one.manner)).toEqual(["REPLACE", "CANCEL"]);
    expect(found.first.map((one) => one.kind)).toEqual(["QUERY_ACK"]);
    expect(found.atOnce).toEqual([]);
    expect(found.canReadBack).toBe(false);
  });
  it("to a readout: its next steps, other ones at our own", () => {
    const steps = (party: string) =>
      answersOf(FORMS, message("READOUT", party), "alpha").first.map((one) => one.manner);
    expect(steps("bravo")).toEqual(["AGREE", "PUBLISH"]);
    expect(steps("alpha")).toEqual(["PUBLISH", "WITHDRAW"]);
  });
  it("to what was read back to us: compare it", () => {
    const marks = { ...none, read_back: [{ party: "bravo" }] };
    expect(answersOf(FORMS, message("TEXT", "alpha", marks), "alpha").canReadBack).toBe(true);
  });
});

describe("a form", () => {
  const begin = { records: {}, language: "en", altitudes: "ft" as const };
  it("about a message names it, with its precedence and the chosen word", () => {
    const response = FORMS[3] as MessageForm;
    const about = { party: "bravo", index: 7, manner: "OBJECTED" };
    const begun = from(response, about, message("NOTICE", "bravo"), {}, begin);
    expect(begun.values).toEqual({ of: { party: "bravo", index: "7" }, answer: "OBJECTED" });
    expect(begun.precedence).toBe("FLASH");
    expect(begun.reply_to).toEqual({ party: "bravo", index: 7 });
  });
  it("begins with the words that the address chooses, and with no others", async () => {
    const declaration = form(
      "DECLARATION",
      [],
      word("status", "IN_FORCE", "SUSPENDED", "TERMINATED"),
      { name: "reason", label: "", help: "", form: { form: "text" } },
    );
    const valuesOf = async (...rest: string[]) =>
      (await beginForm({} as Line, declaration, rest, begin)).values;
    expect(await valuesOf("with", "status", "SUSPENDED")).toEqual({
      status: "SUSPENDED",
      reason: "",
    });
    const none = { status: "", reason: "" };
    expect(await valuesOf("with", "status", "ENDED", "reason", "x", "odd")).toEqual(none);
    expect(await valuesOf()).toEqual(none);
    expect(chosenOf(["bravo", "7", "OBJECTED"])).toEqual({});
  });
  it("repeats the number of what it answers", () => {
    const reply = FORMS[7] as MessageForm;
    const check = { ...message("LINE_CHECK", "bravo"), body: { number: 42 } } as Message;
    const about = { party: "bravo", index: 7, manner: "" };
    expect(from(reply, about, check, {}, begin).values["number"]).toBe("42");
  });
  it("that publishes a readout begins with the texts that were agreed", () => {
    const readout = form("READOUT", [], word("step", "PROPOSE", "PUBLISH"), reference, {
      name: "texts",
      label: "",
      help: "",
      form: { form: "items", item: { form: "text" } },
    });
    const agreed = {
      ...message("READOUT", "alpha"),
      body: { step: "PROPOSE", texts: ["We spoke."] },
    } as unknown as Message;
    const about = { party: "alpha", index: 7, manner: "PUBLISH" };
    const begun = from(readout, about, agreed, {}, begin);
    expect(begun.values).toEqual({
      step: "PUBLISH",
      of: { party: "alpha", index: "7" },
      texts: ["We spoke."],
    });
  });
  it("about an incident goes on with its id", () => {
    const field = { name: "incident", label: "", help: "", form: { form: "text" } };
    const inquiry = form("INQUIRY", [], field, reference);
    const report = {
      ...message("INCIDENT", "alpha"),
      body: { incident: "ALPHA-I-1" },
    } as unknown as Message;
    const about = { party: "alpha", index: 7, manner: "" };
    expect(from(inquiry, about, report, {}, begin).values).toEqual({ incident: "ALPHA-I-1" });
  });
  it("that takes a notice back holds no area, and the next version", () => {
    const notice = {
      ...message("NOTICE", "alpha"),
      body: { operation: "NEW", version: 3, volumes: ["x"] },
    } as unknown as Message;
    const fields = [...(FORMS[4] as MessageForm).fields, { ...whole, name: "version" }];
    const form = { ...FORMS[4], fields } as MessageForm;
    const about = { party: "alpha", index: 7, manner: "CANCEL" };
    const begun = from(form, about, notice, {}, begin);
    expect(begun.values).toEqual({ operation: "CANCEL", version: "4", volumes: [] });
    expect(begun.isChange).toBe(true);
  });
  it("is about nothing where the address names nothing", () => {
    expect(aboutOf(["bravo", "1e400"])).toBeNull();
    expect(aboutOf([])).toBeNull();
    expect(aboutOf(["bravo", "7"])).toEqual({ party: "bravo", index: 7, manner: "" });
  });
});

describe("kinds", () => {
  it("are grouped, each once, the unknown ones last", () => {
    const groups = grouped([{ kind: "NEW_KIND" }, { kind: "QUERY" }, { kind: "NOTICE" }]);
    expect(groups.map((one) => one.forms.map((form) => form.kind))).toEqual([
      ["NOTICE"],
      ["QUERY"],
      ["NEW_KIND"],
    ]);
  });
});

describe("what is read back", () => {
  it("holds areas, heights, windows and times", () => {
    const text = digestText({
      action: "CLEAR",
      place: "6 km north of Palmyra",
      happens_at: "2017-04-07T01:40:00Z",
      volumes: [
        {
          shape: "CIRCLE",
          vertices: [{ lat_e7: 344_894_000, lon_e7: 369_095_000 }],
          radius_m: 9000,
          upper: { datum: "FLIGHT_LEVEL", value: 100 },
          valid_from: "2017-04-07T01:40:00Z",
          valid_until: "2017-04-07T03:00:00Z",
        },
      ],
    });
    expect(text.split("\n")).toEqual([
      "CLEAR",
      "1) CIRCLE 34.4894N 36.9095E R 9000 m; SFC - FL100; 070140ZAPR17 - 070300ZAPR17",
      "6 km north of Palmyra",
      "happens_at 070140ZAPR17",
    ]);
  });
  it("stays within what a message takes", () => {
    expect(digestText({ place: "x".repeat(1_000_000) }).length).toBeLessThan(16_384);
  });
});
