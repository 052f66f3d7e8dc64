import { describe, expect, it } from "vitest";
import { Line } from "../src/state/line.svelte";
import {
  fileName,
  pageOf,
  parameters,
  sha256,
  wrongs,
  type About,
  type Kind,
} from "../src/state/proof";

const ABOUT: About = {
  party: "alpha.example",
  index: 4,
  holder: "",
  from: 1_000,
  until: 2_000,
  at: 3_000,
};

const lacking = (kind: Kind, about: About): string[] =>
  Object.entries(wrongs(kind, about)).flatMap(([field, wrong]) => (wrong ? [field] : []));

describe("the order of a certificate", () => {
  it("holds only what its kind is about", () => {
    expect(parameters("use", ABOUT)).toEqual({ party: "alpha.example", from: 1_000, until: 2_000 });
    expect(parameters("state", ABOUT)).toEqual({ at: 3_000 });
    expect(parameters("receipt", { ...ABOUT, holder: "bravo.example" })).toEqual({
      party: "alpha.example",
      index: 4,
      holder: "bravo.example",
    });
  });
  it("may leave out the holder, and nothing else", () => {
    expect(lacking("receipt", ABOUT)).toEqual([]);
    expect(lacking("no-answer", { ...ABOUT, index: null, until: null })).toEqual([
      "index",
      "until",
    ]);
    expect(lacking("declared", { ...ABOUT, party: "" })).toEqual(["party"]);
    expect(lacking("fork", { ...ABOUT, party: "" })).toEqual(["party"]);
  });
  it("has no window that ends before it begins", () => {
    expect(lacking("use", { ...ABOUT, until: 1_000 })).toEqual(["until"]);
    expect(lacking("no-answer", { ...ABOUT, until: 0 })).toEqual([]);
  });
  it("takes the first message and the first instant for what they are", () => {
    expect(lacking("message", { ...ABOUT, index: 0 })).toEqual([]);
    expect(parameters("state", { ...ABOUT, at: 0 })).toEqual({ at: 0 });
  });
});

it("names the file by what it is about, in letters that every system takes", () => {
  const name = fileName("syria-air", "receipt", { party: "a/../b \u202e", index: 4 });
  expect(name).toBe("syria-air-receipt-a_.._b_-4.cert");
  expect(fileName("l", "log-proof", {})).toBe("l-log-proof.txt");
});

it("leads to the page that tells the same certificate, and to none for a log proof", () => {
  const line = new Line("syria-air", "alpha.example");
  expect(pageOf(line, "state", ABOUT, "ru")).toBe(
    "/print/lines/syria-air/certificates?kind=state&language=ru&at=3000",
  );
  expect(pageOf(line, "log-proof", ABOUT, "ru")).toBe("");
});

it("hashes a file as everybody does", async () => {
  expect(await sha256(new Blob(["abc"]))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
