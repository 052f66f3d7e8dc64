// Names of parties, lines and logs, as "Names" in docs/spec/README.md has them.

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const PARTY = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const LINE = new RegExp(`^${LABEL}$`);
const EPOCH_MAX = 999_999;

export const isParty = (text: string): boolean => text.length <= 63 && PARTY.test(text);
export const isLine = (text: string): boolean => LINE.test(text);

export interface Origin {
  readonly party: string;
  readonly line: string;
  readonly log: "out" | "journal";
  readonly epoch: number;
}

export function parseOrigin(text: string): Origin | null {
  const [party, line, log, epoch, ...more] = text.split("/");
  if (party === undefined || line === undefined || more.length > 0) return null;
  if (!isParty(party) || !isLine(line) || (log !== "out" && log !== "journal")) return null;
  if (epoch !== undefined && !/^[1-9][0-9]{0,5}$/.test(epoch)) return null;
  const number = epoch === undefined ? 1 : Number(epoch);
  if (epoch !== undefined && (number < 2 || number > EPOCH_MAX)) return null;
  return { party, line, log, epoch: number };
}

export const outbox = (party: string, line: string, epoch: number): string =>
  origin({ party, line, log: "out", epoch });

export const origin = ({ party, line, log, epoch }: Origin): string =>
  `${party}/${line}/${log}${epoch === 1 ? "" : `/${epoch}`}`;
