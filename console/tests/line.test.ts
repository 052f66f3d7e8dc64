// What the page knows of a line, while it is read and while it changes.
import { afterEach, expect, test, vi } from "vitest";
import { Line } from "../src/state/line.svelte";
import { tellAll } from "../src/state/table.svelte";

afterEach(() => vi.unstubAllGlobals());

const message = (index: number): never =>
  ({ party: "bravo.example", epoch: 1, index, marks: {} }) as never;

/** A node that answers each path with nothing new, once it is let. */
function slowNode(messages: unknown[]): () => void {
  let answer = (): void => {};
  const isLet = new Promise<void>((resolve) => (answer = resolve));
  vi.stubGlobal("fetch", async () => {
    await isLet;
    const none = { notices: [], conflicts: [], matters: [], alarms: [], zones: [], sites: [] };
    const others = { movements: [], watches: [], drafts: [], private: [], due: [] };
    return new Response(JSON.stringify({ ...none, ...others, messages }), {
      headers: { "content-type": "application/json" },
    });
  });
  return answer;
}

test("a message that comes while everything is read is not lost under what was read", async () => {
  const line = new Line("syria-air", "alpha.example");
  const answer = slowNode([message(1)]);
  const loading = line.load();
  line.take("message", message(2));
  answer();
  await loading;
  tellAll();
  expect(line.messages.all.map((one) => one.index)).toEqual([1, 2]);
});

test("what ended while everything is read stays ended", async () => {
  const line = new Line("syria-air", "alpha.example");
  const answer = slowNode([]);
  const loading = line.load();
  const matter = { id: "BRAVO-0001", is_open: true };
  line.take("matter", matter as never);
  line.take("matter", { ...matter, is_open: false } as never);
  answer();
  await loading;
  tellAll();
  expect(line.matters.all).toEqual([]);
});
