import { note } from "../output.ts";
import { progress } from "../progress.ts";
import { machineFacts } from "./machine.ts";
import type { ReleasePart, ReleaseVerdict } from "./release_part.ts";
import { ReleaseRecord } from "./release_record.ts";
import { commitHash } from "./repository.ts";

const RESULTS = "docs/release", RECORDS = `${RESULTS}/records`;

/** What came of a part by now, over all days on which it was tried. */
export interface TriedPart extends ReleaseVerdict {
  readonly part: string;
  readonly cases: number;
  readonly tried: number;
}

/**
 * Tries the cases of a part that have no result yet, and writes down what all of them come to.
 *
 * @param shard The i-th of n shares of them, from 1.
 * @param stop Ends it after the cases that have begun.
 */
export async function tryPart(
  part: ReleasePart,
  [own, of]: readonly [i: number, n: number],
  stop: AbortSignal,
): Promise<TriedPart> {
  await Deno.mkdir(RECORDS, { recursive: true });
  const { name, cases } = part;
  const record = await ReleaseRecord.open(`${RECORDS}/${name}.jsonl`, await commitHash(), cases);
  const left = cases.filter((own) => !record.results.has(own)).filter((_, i) => i % of === own - 1);
  const shown = progress(name, left.length);
  let count = 0;
  await part.work({
    cases: left,
    isStopped: () => stop.aborted,
    note,
    async keep(name, result) {
      await record.keep(name, result);
      shown.advance(++count);
    },
  });
  shown.end();
  const { holds, figures } = part.verdict(record.results), { size: tried } = record.results;
  const result = { part: name, holds: holds && tried === cases.length, cases: cases.length, tried, figures };
  const document = { ...result, machine: machineFacts(), commits: [...record.commits] };
  await Deno.writeTextFile(`${RESULTS}/${name}.json`, `${JSON.stringify(document, null, 2)}\n`);
  return result;
}
