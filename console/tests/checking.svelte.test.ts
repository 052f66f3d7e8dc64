import { mount, unmount, createRawSnippet, flushSync } from "svelte";
import { afterEach, describe, expect, it } from "vitest";
import { ApiError } from "../src/api/client";
import FormField from "../src/parts/FormField.svelte";
import { backwards, Checking, needed } from "../src/state/checking.svelte";

const refusal = (field: string): ApiError => new ApiError(400, "No.", "Do else.", field, 0);

describe("what stands in the way of a form", () => {
  it("is told of a field that was left, and of all when somebody tried", () => {
    const checking = new Checking(() => ({ name: needed(" "), reason: needed("") }));
    expect(checking.at("name")).toEqual([]);
    checking.leave("name");
    expect(checking.at("name")).toHaveLength(1);
    expect(checking.at("reason")).toEqual([]);
    expect(checking.isSound()).toBe(false);
    expect(checking.at("reason")).toHaveLength(1);
    checking.begin();
    expect(checking.at("name")).toEqual([]);
  });
  it("is beside its field where the node names one of the form, else at the end", () => {
    const checking = new Checking(() => ({ name: "", roles: "" }));
    checking.refuse(refusal("roles[0]"));
    expect(checking.at("roles")).toEqual([{ what: "No.", remedy: "Do else." }]);
    expect(checking.rest).toBe(null);
    checking.refuse(refusal("elsewhere"));
    expect(checking.at("roles")).toEqual([]);
    expect(checking.rest).toBeInstanceOf(ApiError);
    expect(checking.isSound()).toBe(true);
    expect(checking.rest).toBe(null);
  });
  it("is a window only with both of its ends", () => {
    expect(backwards(1, null)).toBe("");
    expect(backwards(1, 2)).toBe("");
    expect(backwards(2, 2)).not.toBe("");
  });
});

describe("a field of a form", () => {
  let shown: Record<string, unknown> | undefined;
  afterEach(async () => {
    if (shown) await unmount(shown);
    document.body.innerHTML = "";
  });
  const children = createRawSnippet((told: () => object) => ({
    render: () => "<input>",
    setup: (input) => {
      $effect.root(() => {
        $effect(() => {
          for (const [name, value] of Object.entries(told()))
            input.setAttribute(name, String(value ?? ""));
        });
      });
    },
  }));

  it("binds its faults to its input, and gives the first one that is wrong the focus", async () => {
    const form = document.body.appendChild(document.createElement("form"));
    const checking = new Checking(() => ({ name: needed("") }));
    shown = mount(FormField, {
      target: form,
      props: { checking, name: "name", label: "N", children },
    });
    flushSync();
    const input = form.querySelector("input");
    expect(input?.getAttribute("aria-invalid")).toBe("false");
    checking.isSound(form);
    flushSync();
    const faults = form.querySelector(`#${input?.getAttribute("aria-describedby")}`);
    expect(faults?.textContent).toContain(needed(""));
    expect(input?.getAttribute("aria-invalid")).toBe("true");
    await new Promise((done) => setTimeout(done, 5));
    expect(document.activeElement).toBe(input);
  });
});
