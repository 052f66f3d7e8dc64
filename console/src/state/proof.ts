// Certificates: what each kind is about, the order for the node, and the names of the files.

import { actForBytes, actWithBytes } from "../api/client";
import type { CertificateRead } from "../api/things";
import { backwards, needed, type Wrongs } from "./checking.svelte";
import type { Line } from "./line.svelte";
import { t } from "./words.svelte";

export const KINDS = [
  "message",
  "receipt",
  "lead-time",
  "no-answer",
  "use",
  "non-use",
  "state",
  "declared",
  "fork",
  "log-proof",
] as const;
export type Kind = (typeof KINDS)[number];

export type Field = "party" | "index" | "holder" | "from" | "until" | "at";

/** What each kind is about; `holder` may stay empty where there is one counterpart. */
export const FIELDS: Record<Kind, readonly Field[]> = {
  message: ["party", "index"],
  "log-proof": ["party", "index"],
  receipt: ["party", "index", "holder"],
  "lead-time": ["party", "index", "holder"],
  "no-answer": ["party", "index", "holder", "until"],
  use: ["party", "from", "until"],
  "non-use": ["party", "from", "until"],
  state: ["at"],
  declared: ["party", "at"],
  fork: ["party"],
};

export interface About {
  party: string;
  index: number | null;
  holder: string;
  from: number | null;
  until: number | null;
  at: number | null;
}

/** What is wrong with each field of a kind, in their order. */
export function wrongs(kind: Kind, about: About): Wrongs {
  const fields = FIELDS[kind];
  const isMissing = (name: Field): boolean =>
    name !== "holder" && (about[name] === null || about[name] === "");
  const wrong = (name: Field): string => {
    if (isMissing(name))
      return name === "index" ? t("Write a serial such as ALPHA-0004.") : needed("");
    return name === "until" && fields.includes("from") ? backwards(about.from, about.until) : "";
  };
  return Object.fromEntries(fields.map((name) => [name, wrong(name)]));
}

/** What the node is asked for; only what the kind is about. */
export function parameters(kind: Kind, about: About): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const name of FIELDS[kind]) {
    const held = about[name];
    if (held !== null && held !== "") found[name] = held;
  }
  return found;
}

export interface Certificate {
  file: Blob;
  name: string;
}

export async function certificate(line: Line, kind: Kind, about: About): Promise<Certificate> {
  const asked = parameters(kind, about);
  const file = await actForBytes(`${line.path}/certificates`, { kind, parameters: asked });
  return { file, name: fileName(line.name, kind, asked) };
}

export function fileName(line: string, kind: Kind, asked: Record<string, string | number>): string {
  const parts = [line, kind, ...Object.values(asked)];
  const ending = kind === "log-proof" ? "txt" : "cert";
  return `${parts.join("-").replace(/[^A-Za-z0-9.-]+/g, "_")}.${ending}`;
}

/** The verdict on a file, whoever wrote it. */
export function verdictOn(file: Blob): Promise<CertificateRead> {
  return actWithBytes<CertificateRead>("/certificates/read", file);
}

/** SHA-256 in hexadecimal; empty where the browser has no means for it. */
export async function sha256(file: Blob): Promise<string> {
  if (!("subtle" in crypto)) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where the same certificate is told on a page that prints; none for a log proof. */
export function pageOf(line: Line, kind: Kind, about: About, language: string): string {
  if (kind === "log-proof") return "";
  const asked = new URLSearchParams({ kind, language });
  for (const [name, value] of Object.entries(parameters(kind, about))) {
    asked.set(name, String(value));
  }
  return `/print${line.path}/certificates?${asked}`;
}

/** Give a file to the browser under a name. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
