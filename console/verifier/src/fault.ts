/** A sentence with what goes into its places, so that it can be said in another language. */
export interface Sentence {
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Marks a sentence for the catalogues; `{name}` are places. */
export function say(text: string, values: Record<string, string> = {}): Sentence {
  return { text, values };
}

/** The sentence in English. */
export function inEnglish(sentence: Sentence): string {
  return fill(sentence.text, sentence.values);
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Something in the file is not as it must be. */
export class Fault extends Error {
  readonly sentence: Sentence;
  constructor(text: string, values: Record<string, string> = {}) {
    super(fill(text, values));
    this.sentence = say(text, values);
  }
}

/** The file is no certificate that can be read; nothing more is said about it. */
export class Unreadable extends Fault {}

/** Everything is genuine and shows the opposite, or the keys are not those that were named. */
export class Refuted extends Fault {}
