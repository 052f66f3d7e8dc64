// What the page says, in the officer's language. Sentences come from the node's gettext
// catalogues (`locale/*.console*.po`), with the English ones as keys; so do words for codes.

import { useLanguage } from "../api/client";

export const LANGUAGES = { en: "English", ru: "Русский", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

interface Words {
  sentences: Record<string, string>;
  terms: Record<string, string>;
}

const FIRST_ISOLATE = String.fromCodePoint(0x2068);
const END_ISOLATE = String.fromCodePoint(0x2069);
const KEPT = "openline.language";

let language = $state<Language>("en");
let words = $state.raw<Words>({ sentences: {}, terms: {} });

export function currentLanguage(): Language {
  return language;
}

export function isRightToLeft(): boolean {
  return language === "ar";
}

/** The sentence in the officer's language, with its values filled in. */
export function t(sentence: string, values: Record<string, string | number> = {}): string {
  const said = words.sentences[sentence] || sentence;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : isolate(String(value));
  });
}

/** The sentence itself: tells the reader of catalogues that `t` is given it later. */
export const mark = (sentence: string): string => sentence;

/** The word for a code of the line, such as SHORT_NOTICE; the code itself if there is none. */
export function term(code: string | undefined): string {
  return words.terms[code ?? ""] || (code ?? "");
}

/** A value between isolates, so that its direction leaves the sentence around it alone. */
function isolate(value: string): string {
  return language === "ar" ? FIRST_ISOLATE + value + END_ISOLATE : value;
}

/** Speak a language from now on; the page keeps the one it has if the words do not come. */
export async function speak(wanted: string): Promise<void> {
  const code: Language = wanted in LANGUAGES ? (wanted as Language) : "en";
  const answer = await fetch(`/page/words/${code}`, { credentials: "same-origin" });
  if (!answer.ok) return;
  words = (await answer.json()) as Words;
  language = code;
  useLanguage(code);
  document.documentElement.lang = code;
  document.documentElement.dir = code === "ar" ? "rtl" : "ltr";
  localStorage.setItem(KEPT, code);
}

/** The language chosen here before, or else the browser's. */
export function wantedLanguage(): string {
  return localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
}
