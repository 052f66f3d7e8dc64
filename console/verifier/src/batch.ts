// Judges many files at once, for the trials: one JSON row in, one out.
//
//   node console/verifier/src/batch.ts < rows
//
// A row `{"file": base64}` is judged as it is. `{"mutate": base64, "xor": [...], "at": [...]}`
// has the byte at each place combined with each number in turn, the checksum made
// right, and gives the verdicts in that order with what was claimed where one is PROVEN.
import { createInterface } from "node:readline";
import { join, sha256, unbase64 } from "./bytes.ts";
import { verify, type Report } from "./verify.ts";

interface Asked {
  readonly file?: string;
  readonly roots?: string[];
  readonly mutate?: string;
  readonly xor?: number[];
  readonly at?: number[];
}

const shown = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? Number(value) : value;

function summary(report: Report): unknown {
  const { verdict, claim, facts } = report;
  return { verdict, claim, facts, steps: report.steps.length };
}

function* mutations(asked: Asked): Generator<unknown> {
  const whole = unbase64(asked.mutate!)!;
  const body = whole.slice(0, -32);
  for (const at of asked.at ?? [])
    for (const xor of asked.xor ?? [1]) {
      body[at]! ^= xor;
      const report = verify(join(body, sha256(body)));
      body[at]! ^= xor;
      yield report.verdict === "PROVEN"
        ? [report.verdict, report.claim, report.facts]
        : report.verdict;
    }
}

for await (const row of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(row) as Asked;
  const answer =
    asked.mutate === undefined
      ? summary(verify(unbase64(asked.file!)!, asked.roots ?? []))
      : [...mutations(asked)];
  process.stdout.write(JSON.stringify(answer, shown) + "\n");
}
