// A form while it is filled in: its values, what stands in the way, and what was seen to already.
// The inputs find it by the component context.

import { getContext, setContext } from "svelte";
import type { CheckedMessage, Choice, FieldFault, MessageForm } from "../api/things";
import type { Line } from "../state/line.svelte";
import { whenReleased } from "../state/released";
import { currentLanguage } from "../state/words.svelte";
import { partiesOf, type Agreed } from "./known.svelte";
import type { Known } from "./naming";
import type { Beginning, Records, Values } from "./values";

const NAME = "openline form";

export class Filling {
  values = $state<Values>({});
  precedence = $state("");
  recipients = $state<string[]>([]);
  /** What the node found when it last looked. */
  checked = $state.raw<CheckedMessage | null>(null);
  /** What it refused when it was to be said. */
  refused = $state.raw<FieldFault | null>(null);
  isMoreOpen = $state(false);
  /** Whether somebody tried to say it: from then on every fault is shown. */
  hasTried = $state(false);
  private touched = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly line: Line,
    readonly form: MessageForm,
    readonly records: Records,
    readonly agreed: Agreed,
    readonly begin: Beginning,
  ) {}

  /** What is known of names that may stand in its fields. */
  get known(): Known {
    const { line, agreed } = this;
    const circuits = (line.state?.counterparts ?? []).flatMap((one) => one.circuits);
    return {
      agreed,
      own: line.own,
      parties: partiesOf(line),
      circuits: circuits.map((one) => one.circuit),
      incidents: line.matters.all.filter((one) => one.subject === "incident").map((one) => one.id),
      zones: line.zones.all.map((one) => one.zone_id),
      language: currentLanguage(),
    };
  }

  /** What stands in the way by what this page alone knows, by path. */
  private hindrances = $state.raw<ReadonlyMap<string, string>>(new Map());

  get faults(): FieldFault[] {
    const own = [...this.hindrances].map(([field, what]) => ({ field, what, remedy: "" }));
    const found = [...own, ...(this.checked?.faults ?? [])];
    const { refused } = this;
    // What the check says of the field of a refusal says the same, with the words of the form.
    return refused && !found.some((one) => one.field === refused.field)
      ? [refused, ...found]
      : found;
  }

  /** Something that the values do not show stands in the way; an empty sentence takes it back. */
  hinder(path: string, sentence: string): void {
    const next = new Map(this.hindrances);
    if (sentence) next.set(path, sentence);
    else if (!next.delete(path)) return;
    this.hindrances = next;
  }

  get isHindered(): boolean {
    return this.hindrances.size > 0;
  }

  /** The officer was here: from now on faults of this field are shown. */
  touch(path: string): void {
    if (this.touched.has(path)) return;
    whenReleased(() => (this.touched = new Set([...this.touched, path])));
  }

  /** Faults to show beside a field; `isWhole` where its parts have no place of their own. */
  faultsAt(path: string, isWhole: boolean): FieldFault[] {
    if (!this.hasTried && !this.touched.has(path)) return [];
    return this.faults.filter(
      (one) => one.field === path || (isWhole && isPartOf(one.field, path)),
    );
  }
}

export const isPartOf = (field: string, path: string): boolean =>
  field.startsWith(`${path}.`) || field.startsWith(`${path}[`);

/** The id of the input of a field. */
export function idOf(path: string): string {
  return `field-${path.replace(/[^a-zA-Z0-9_]+/g, "-")}`;
}

export function provide(filling: Filling): void {
  setContext(NAME, filling);
}

export function filling(): Filling {
  return getContext<Filling>(NAME);
}

/** The word for a code among choices. */
export function saidOf(choices: readonly Choice[] | undefined, code: string): string {
  return choices?.find((one) => one.code === code)?.said ?? code;
}
