import { describe, expect, it } from "vitest";
import type { FieldForm } from "../src/api/things";
import { offered, withHeld, type Known } from "../src/forms/naming";

const KNOWN: Known = {
  agreed: {
    parties: [
      {
        name: "alpha",
        posts: [
          { name: "watch", tier: 1 },
          { name: "commander", tier: 2 },
        ],
      },
      { name: "bravo", posts: [{ name: "duty", tier: 1 }] },
    ],
    languages: ["en", "ru"],
    scopes: ["air_safety", "humanitarian"],
    separations: [{ kinds: ["air", "missile"] }, { kinds: ["any", "air"] }],
    lead_times: [{ category: "any" }, { category: "strike" }],
    reference_points: [{ name: "shayrat", titles: { en: "Shayrat", ru: "Шайрат" } }],
  },
  own: "alpha",
  parties: ["alpha", "bravo"],
  circuits: ["primary"],
  incidents: ["A-INC-1"],
  zones: [],
  language: "ru",
};
const form = (form: string): FieldForm => ({ form }) as FieldForm;
const codes = (name: string, of = "name"): string[] =>
  offered(name, form(of), KNOWN).choices.map((one) => one.code);

describe("what a field offers", () => {
  it.each([
    ["scopes", ["air_safety", "humanitarian"]],
    ["kept_open", ["air_safety", "humanitarian", "contact", "flash", "line_check"]],
    ["category", ["strike"]],
    ["kind", ["air", "missile"]],
    ["post", ["watch", "commander"]],
    ["tier", ["1", "2"]],
    ["circuit", ["primary"]],
    ["incident", ["A-INC-1"]],
    ["zone", []],
    ["subject", []],
  ])("in %s is %j", (name, expected) => {
    expect(codes(name)).toEqual(expected);
  });
  it("names tiers by the posts at them, and places and languages in the officer's words", () => {
    const said = (name: string, of = "name"): string[] =>
      offered(name, form(of), KNOWN).choices.map((one) => one.said);
    expect(said("tier")).toEqual(["Tier 1: watch, duty", "Tier 2: commander"]);
    expect(said("reference")).toEqual(["Шайрат"]);
    expect(said("language", "language")[0]).toMatch(/английский/i);
  });
  it("is closed where the node takes nothing else", () => {
    for (const name of ["scopes", "post", "tier", "reference"])
      expect(offered(name, form("name"), KNOWN).isClosed).toBe(true);
    for (const name of ["category", "kind", "incident"])
      expect(offered(name, form("name"), KNOWN).isClosed).toBe(false);
    expect(offered("initiator", form("party"), KNOWN).isClosed).toBe(true);
  });
  it("keeps what stands in the field already", () => {
    const choices = [{ code: "a", said: "A" }];
    expect(withHeld(choices, ["a", "", "b"]).map((one) => one.code)).toEqual(["a", "b"]);
  });
});
