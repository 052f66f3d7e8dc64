import { afterEach, expect, it } from "vitest";
import { onKey, takeKeys } from "../src/state/keys.svelte";

afterEach(() => document.body.replaceChildren());

function pressed(key: string, change: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...change });
  onKey(event);
  return event;
}

it("lets no single key act behind a dialog, and leaves Escape to the dialog", () => {
  const acts: string[] = [];
  const end = takeKeys(
    ["r", "Escape", "Ctrl+k"].map((key) => ({ key, says: () => key, act: () => acts.push(key) })),
  );
  pressed("r");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("open", "");
  document.body.append(dialog);
  pressed("r");
  expect(pressed("Escape").defaultPrevented).toBe(false);
  pressed("k", { ctrlKey: true });
  expect(acts).toEqual(["r", "Ctrl+k"]);
  end();
});

it("lets a key act at a box, and none where somebody writes", () => {
  const acts: string[] = [];
  const end = takeKeys([{ key: "g", says: () => "g", act: () => acts.push("g") }]);
  for (const type of ["checkbox", "text", "radio"]) {
    const input = document.createElement("input");
    input.type = type;
    document.body.append(input);
    input.addEventListener("keydown", onKey);
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "g", cancelable: true }));
    expect(acts).toEqual(["g"]);
  }
  end();
});
