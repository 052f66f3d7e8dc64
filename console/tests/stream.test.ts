import { describe, expect, it } from "vitest";
import { EventParser } from "../src/api/stream";

const WHOLE =
  'id: 1-a-1\nevent: begin\ndata: {"party":"alpha.example"}\n\n' +
  'id: 1-a-2\nevent: alarm\ndata: {"line":"x",\ndata: "id":"y"}\n\nid: 1-a-2\n: 3 s\n\n';

describe("the reader of server-sent events", () => {
  it("gives the same events whole and byte by byte", () => {
    const whole = new EventParser().feed(WHOLE);
    const parser = new EventParser();
    const pieces = [...WHOLE].flatMap((byte) => parser.feed(byte));
    expect(pieces).toEqual(whole);
    expect(whole.map((one) => one.name)).toEqual(["begin", "alarm"]);
    expect(whole[1]?.data).toEqual({ line: "x", id: "y" });
  });

  it("takes a comment for a sign of life, not for an event, and keeps the id it brings", () => {
    const parser = new EventParser();
    expect(parser.feed("id: 1-a-7\n: 3 s\n\n")).toEqual([]);
    expect(parser.lastId).toBe("1-a-7");
  });

  it("takes rows that end with carriage return and line feed", () => {
    const [event] = new EventParser().feed('event: state\r\ndata: {"line":"x"}\r\n\r\n');
    expect(event).toEqual({ id: "", name: "state", data: { line: "x" } });
  });
});
