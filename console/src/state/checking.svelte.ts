// A form that is no message: what stands in the way, field by field, by what this page knows and
// by what the node refused. Nothing is told before the officer left a field or tried to go on.

import { ApiError } from "../api/client";
import { whenReleased } from "./released";
import { t } from "./words.svelte";

/** What stands in the way at a field, as the forms of messages tell it. */
export interface Hindrance {
  what: string;
  remedy: string;
}

/** By field the sentence of what is wrong with it; empty where nothing is. */
export type Wrongs = Record<string, string>;

export class Checking {
  private hasTried = $state(false);
  private left = $state.raw<ReadonlySet<string>>(new Set());
  private refused = $state.raw<unknown>(null);

  /** `wrongs` names every field of the form, in their order on the screen. */
  constructor(private readonly wrongs: () => Wrongs) {}

  /** The officer was at this field: from now on it tells what is wrong. */
  leave(field: string): void {
    if (this.left.has(field)) return;
    whenReleased(() => (this.left = new Set([...this.left, field])));
  }

  /** What to tell beside a field. */
  at(field: string): Hindrance[] {
    const what = this.wrongs()[field];
    const own = what && (this.hasTried || this.left.has(field)) ? [{ what, remedy: "" }] : [];
    const error = this.refused;
    return error instanceof ApiError && this.ofNode === field
      ? [...own, { what: error.what, remedy: error.remedy }]
      : own;
  }

  /** What the node refused and no field of the form is at fault for. */
  get rest(): unknown {
    return this.ofNode ? null : this.refused;
  }

  /** The field of the form that the node found at fault; empty for none. */
  private get ofNode(): string {
    if (!(this.refused instanceof ApiError)) return "";
    const [field = ""] = this.refused.field.split(/[.[]/);
    return field in this.wrongs() ? field : "";
  }

  /**
   * Whether nothing stands in the way. From now on every fault is told, and the first field that
   * has one gets the focus.
   */
  isSound(form?: EventTarget | null): boolean {
    this.hasTried = true;
    this.refused = null;
    const isSound = Object.values(this.wrongs()).every((one) => !one);
    if (!isSound) this.showFirst(form);
    return isSound;
  }

  /** The node refused it, with or without a field; null takes that back. */
  refuse(error: unknown, form?: EventTarget | null): void {
    this.refused = error;
    if (error && this.ofNode) this.showFirst(form);
  }

  /** It was done: the form is empty again, and nothing is wrong with it yet. */
  begin(): void {
    this.hasTried = false;
    this.left = new Set();
    this.refused = null;
  }

  private showFirst(form?: EventTarget | null): void {
    if (!(form instanceof HTMLElement)) return;
    // The marks are there when the page has been drawn anew.
    setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }
}

/** What is wrong with words that must be there. */
export const needed = (words: string): string => (words.trim() ? "" : t("This is needed."));

/** What is wrong with a window; nothing while one of its ends is not there. */
export const backwards = (from: number | null, until: number | null): string =>
  from !== null && until !== null && from >= until ? t("The window ends before it begins.") : "";
