// The page: a file goes in, words come out. It asks nobody for anything, and keeps nothing.
import "./page.css";
import { SIZE_MAX } from "./certificate.ts";
import { say, type Sentence } from "./fault.ts";
import { verify, type Report } from "./verify.ts";
import { LANGUAGES, directionOf, languageOf, said, visible, type Language } from "./words.ts";

const state = {
  language: languageOf(navigator.languages),
  name: "",
  file: null as Uint8Array | null,
  fingerprints: "",
  isTooLarge: false,
};

type Child = Node | string;

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A sentence whose places are kept apart from its direction. */
function sentence({ text, values }: Sentence): Child[] {
  return said(state.language, text)
    .split(/(\{\w+\})/)
    .map((part) => {
      const value = values[part.slice(1, -1)];
      return part.startsWith("{") && value !== undefined
        ? element("bdi", {}, visible(value))
        : part;
    });
}

const t = (text: string): Child[] => sentence(say(text));

/** 64 digits each; spaces and colons within one do not matter. */
function fingerprints(): { named: string[]; wrong: string[] } {
  const all = state.fingerprints
    .split(/[\n,;]+/)
    .map((one) => one.replace(/[\s:]/g, "").toLowerCase())
    .filter((one) => one !== "");
  const isOne = (one: string): boolean => /^[0-9a-f]{64}$/.test(one);
  return { named: all.filter(isOne), wrong: all.filter((one) => !isOne(one)) };
}

const VERDICTS: Record<Report["verdict"], Sentence> = {
  PROVEN: say("PROVEN"),
  REFUTED: say("REFUTED"),
  UNPROVEN: say("UNPROVEN"),
  "NOT VALID": say("NOT VALID: this is no certificate, or it was damaged"),
  "OTHER KIND": say("NOT JUDGED"),
};

function reportOf(file: Uint8Array): HTMLElement {
  const { named, wrong } = fingerprints();
  const section = element("section", { "aria-live": "polite", id: "report" });
  section.append(element("p", {}, element("bdi", {}, visible(state.name))));
  if (wrong.length > 0) {
    const what = say("{text} is no fingerprint of a root key: give all 64 digits.", {
      text: wrong[0]!,
    });
    section.append(element("p", { class: "verdict OTHER", role: "alert" }, ...sentence(what)));
    return section;
  }
  const report = verify(file, named);
  section.append(
    element(
      "p",
      { class: `verdict ${report.verdict}`, id: "verdict" },
      ...sentence(VERDICTS[report.verdict]),
    ),
    element(
      "p",
      { id: "conclusion" },
      ...report.conclusion.flatMap((one) => [...sentence(one), " "]),
    ),
  );
  if (report.words !== null) section.append(...wordsOf(report.words));
  if (report.steps.length > 0) section.append(element("h2", {}, ...t("Steps")), steps(report));
  if (report.roots.length > 0) section.append(...roots(report));
  return section;
}

function wordsOf(words: string): HTMLElement[] {
  return [
    element("p", {}, ...t("In its author's words:")),
    element("blockquote", { dir: "auto", id: "words" }, visible(words)),
  ];
}

function steps(report: Report): HTMLElement {
  const rows = report.steps.map((step) => {
    const mark = step.holds ? t("It holds.") : t("It does not hold.");
    const found = element("span", { class: "found" }, ...mark, " ", ...sentence(step.found));
    return element("li", step.holds ? {} : { class: "fails" }, ...sentence(step.what), found);
  });
  return element("ol", { id: "steps" }, ...rows);
}

function roots(report: Report): HTMLElement[] {
  const rows = report.roots.map((key) =>
    element(
      "li",
      {},
      element("bdi", {}, key.party),
      " ",
      element("code", { dir: "ltr" }, key.fingerprint),
      ...(key.isNamed ? [" ", ...t("You named it.")] : []),
    ),
  );
  const why = t(
    "All of this rests on these root keys. Compare them with what the parties themselves publish or tell you: whoever makes up parties can make up keys.",
  );
  return [
    element("h2", {}, ...t("Root keys")),
    element("p", {}, ...why),
    element("ul", { id: "roots" }, ...rows),
  ];
}

function languages(): HTMLElement {
  const buttons = Object.entries(LANGUAGES).map(([code, name]) => {
    const isChosen = String(code === state.language);
    const button = element(
      "button",
      { type: "button", lang: code, "aria-pressed": isChosen },
      name,
    );
    button.addEventListener("click", () => {
      state.language = code as Language;
      show();
    });
    return button;
  });
  return element("nav", { "aria-label": "Language" }, ...buttons);
}

function chooser(): HTMLElement {
  const input = element("input", { type: "file", id: "file" });
  input.addEventListener("change", () => void open(input.files?.[0]));
  const label = element("label", { for: "file" }, ...t("Choose a certificate, or drop it here"));
  const box = element("div", { class: "drop", id: "drop" }, label, input);
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    void open(event.dataTransfer?.files[0]);
  });
  return box;
}

function naming(): HTMLElement {
  const area = element("textarea", { id: "named", rows: "3", dir: "ltr", spellcheck: "false" });
  area.value = state.fingerprints;
  area.addEventListener("change", () => {
    state.fingerprints = area.value;
    show();
  });
  const label = t(
    "Fingerprints of root keys that you have from the parties, one in a row (may be empty)",
  );
  return element("div", {}, element("label", { for: "named" }, ...label), area);
}

async function open(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  state.name = file.name;
  state.isTooLarge = file.size > SIZE_MAX;
  state.file = state.isTooLarge ? null : new Uint8Array(await file.arrayBuffer());
  show();
}

function show(): void {
  document.documentElement.lang = state.language;
  document.documentElement.dir = directionOf(state.language);
  document.title = said(state.language, "Verify a certificate of a line");
  const about = t(
    "The file stays on this machine: the page asks nobody for anything and works without a network. It was written from the published format alone, apart from the program that writes certificates. It judges message, receipt, use, non-use and fork.",
  );
  const parts: HTMLElement[] = [
    languages(),
    element("h1", {}, ...t("Verify a certificate of a line")),
    element("p", {}, ...about),
    chooser(),
    naming(),
  ];
  if (state.isTooLarge)
    parts.push(
      element("p", { role: "alert" }, ...t("The file is larger than a certificate may be.")),
    );
  if (state.file !== null) parts.push(reportOf(state.file));
  document.getElementById("page")!.replaceChildren(...parts);
}

// A file that is dropped beside the box is not to replace the page.
for (const kind of ["dragover", "drop"])
  document.addEventListener(kind, (event) => event.preventDefault());
show();
