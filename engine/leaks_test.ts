import assert from "node:assert/strict";
import { leaks } from "./leaks.ts";
import { LEAK_CORPUS } from "./testing/leak_corpus/corpus.ts";
import { BTC, type LeakCase } from "./testing/leak_corpus/leak_case.ts";

function judged({ subject, history = [BTC], funding, feeds }: LeakCase) {
  return leaks(subject, history, {
    ...(funding === undefined ? {} : { funding }),
    ...(feeds === undefined ? {} : { feeds }),
  });
}

/** What is wrong with what was found of a case; null where it is as it should be. */
function judgementOf(own: LeakCase): string | null {
  const { findings } = judged(own), named = findings.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  if (own.culprit === null) return findings.length === 0 ? null : `blamed ${named}`;
  const [kind, name] = own.culprit;
  const found = findings.find((finding) => finding.kind === kind && finding.name.startsWith(name));
  if (found === undefined) return named === "" ? "found nothing" : `blamed ${named}`;
  if (found.evidence.length === 0 || found.place.text === "") return "showed no evidence";
  const { lookAheadCandles } = found;
  return own.lookAhead === undefined || lookAheadCandles === own.lookAhead ? null : `saw ${lookAheadCandles} candles`;
}

const judgements = new Map<LeakCase, string | null>();

/** Cases of some that were not judged as they should be, with what was said of them. */
function wrong(cases: readonly LeakCase[]): string[] {
  return cases.flatMap((own) => {
    if (!judgements.has(own)) judgements.set(own, judgementOf(own));
    const fault = judgements.get(own);
    return fault === null ? [] : [`${own.says}: ${fault}`];
  });
}

for (const [shape, cases] of Object.entries(LEAK_CORPUS)) {
  Deno.test(`of the corpus' ${shape} the leak finder tells those that leak from those that do not`, () => {
    const faults = wrong(cases);
    assert.ok(faults.length <= 1, faults.join("\n"));
  });
}

Deno.test("of 40 leaking cases or more it finds all but one, with their culprits, and of as many clean ones it blames one at most", () => {
  const all = Object.values(LEAK_CORPUS).flat(), clean = all.filter(({ culprit }) => culprit === null);
  const leaking = all.filter(({ culprit }) => culprit !== null), missed = wrong(leaking), alarms = wrong(clean);
  assert.ok(leaking.length >= 40 && clean.length >= 40, `${leaking.length} leaking, ${clean.length} clean`);
  assert.ok(missed.length <= 1, missed.join("\n"));
  assert.ok(alarms.length <= 1, alarms.join("\n"));
});
