// A browser's session description and the few values of it that go on the record, both ways. What
// the other side says of its end is put into a text of ours: no row of theirs reaches the browser.

export type CandidateKind = "HOST" | "REFLEXIVE" | "RELAY";

export interface Candidate {
  kind: CandidateKind;
  address: string;
  port: number;
  priority: number;
}

/** How the sound reaches one end of a call: `docs/spec/telephone.md`. */
export interface Media {
  /** SHA-256 of the certificate, in base64. */
  fingerprint: string;
  ice_user: string;
  ice_password: string;
  candidates: Candidate[];
}

const KINDS: Record<string, CandidateKind> = { host: "HOST", srflx: "REFLEXIVE", relay: "RELAY" };
const TYPES: Record<CandidateKind, string> = { HOST: "host", REFLEXIVE: "srflx", RELAY: "relay" };
const CANDIDATES_MAX = 16;

/** Where an address leads; NOWHERE for names and for what is no machine's alone. */
export function reachOf(address: string): string {
  const lower = address.toLowerCase();
  if (/^127\.|^::1$/.test(lower)) return "LOOPBACK";
  if (/^(169\.254\.|0\.|fe[89ab])/.test(lower) || /[^0-9a-f.:]/.test(lower)) return "NOWHERE";
  const isInner =
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
  return isInner.test(lower) || /^f[cd]/.test(lower) ? "PRIVATE" : "PUBLIC";
}

/** What of a browser's own description is said, with addresses alone that the node allows. */
export function mediaOf(sdp: string, reaches: readonly string[], kind?: CandidateKind): Media {
  const found = (name: string): string =>
    new RegExp(`^a=${name}:(\\S.*?)\\s*$`, "m").exec(sdp)?.[1] ?? "";
  const [, hex = ""] = /^sha-256 ([0-9A-F:]{95})$/i.exec(found("fingerprint")) ?? [];
  if (!hex) throw new Error("The browser says no certificate of SHA-256.");
  const candidates = [...sdp.matchAll(/^a=candidate:(.+?)\s*$/gm)]
    .map(([, row = ""]) => candidateOf(row))
    .filter((one) => one !== null)
    .filter((one) => reaches.includes(reachOf(one.address)) && (!kind || one.kind === kind))
    .slice(0, CANDIDATES_MAX);
  return {
    fingerprint: base64Of(hex),
    ice_user: found("ice-ufrag"),
    ice_password: found("ice-pwd"),
    candidates,
  };
}

function candidateOf(row: string): Candidate | null {
  const [, component, transport, priority, address = "", port, , type = ""] = row.split(" ");
  const kind = KINDS[type];
  if (component !== "1" || transport?.toLowerCase() !== "udp" || !kind) return null;
  return { kind, address, port: Number(port), priority: Number(priority) };
}

/** The text by which our browser is told of the other end: one sound in Opus, and nothing else. */
export function sdpOf(media: Media, setup: "active" | "passive"): string {
  const rows = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    `a=ice-ufrag:${media.ice_user}`,
    `a=ice-pwd:${media.ice_password}`,
    `a=fingerprint:sha-256 ${hexOf(media.fingerprint)}`,
    `a=setup:${setup}`,
    "a=mid:0",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    ...media.candidates.map(rowOf),
    "a=end-of-candidates",
  ];
  return rows.map((row) => `${row}\r\n`).join("");
}

function rowOf(one: Candidate, number: number): string {
  const type = TYPES[one.kind];
  const base = one.kind === "HOST" ? "" : " raddr 0.0.0.0 rport 0";
  return `a=candidate:${number + 1} 1 udp ${one.priority} ${one.address} ${one.port} typ ${type}${base}`;
}

/** A fingerprint with colons, as browsers write it, in base64, as the record has it. */
export function base64Of(hex: string): string {
  const bytes = hex.split(":").map((byte) => Number.parseInt(byte, 16));
  return btoa(String.fromCharCode(...bytes));
}

export function hexOf(base64: string): string {
  return [...atob(base64)]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase())
    .join(":");
}
