// What the page says, in each language. The catalogues are put in when the page is built.
import catalogues from "virtual:catalogues";

export const LANGUAGES = { en: "English", ru: "Русский", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

export const directionOf = (language: Language): "ltr" | "rtl" =>
  language === "ar" ? "rtl" : "ltr";

/** The sentence in a language; one without a row stays English. */
export const said = (language: Language, text: string): string =>
  catalogues[language]?.[text] ?? text;

/** The language that the reader's browser asks for, if there are words in it. */
export function languageOf(asked: readonly string[]): Language {
  const known = asked.map((one) => one.slice(0, 2)).find((one) => one in LANGUAGES);
  return (known ?? "en") as Language;
}

/** Text as somebody wrote it, with what is unseen shown by its number. */
export function visible(text: string): string {
  return text.replace(/(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, (one) => {
    const number = one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${number}⟩`;
  });
}
