// What a field is called by people: its path `volumes[0].vertices[3].lat` in the form's own labels.

import type { FieldForm, FormField } from "../api/things";
import type { Records } from "./values";

const STEP = /([a-z_0-9]+)|\[(\d+)\]/g;

export function labelOfPath(fields: readonly FormField[], records: Records, path: string): string {
  const said: string[] = [];
  let within: readonly FormField[] = fields;
  let form: FieldForm | undefined;
  for (const [, name, number] of path.matchAll(STEP)) {
    if (number !== undefined) {
      said[said.length - 1] = `${said.at(-1) ?? ""} ${Number(number) + 1}`.trim();
      form = form?.item ?? undefined;
    } else {
      const field = within.find((one) => one.name === name);
      if (!field) break;
      said.push(field.label);
      form = field.form;
    }
    within = form?.record ? (records[form.record]?.fields ?? []) : [];
  }
  return said.join(" · ");
}
