// Data loader: all studies with the figures that the list shows.
import { listStudies, readStudy } from "../../engine/lake/mod.ts";
import type { StudyDocument, WalkDocument } from "../../engine/metrics/mod.ts";
import type { StudySummary } from "../components/page_data.ts";
import { DATA_DIR } from "./data_folder.ts";

const studies: StudySummary[] = [];
for (const id of await listStudies(DATA_DIR)) studies.push(summaryOf(id, await readStudy(DATA_DIR, id)));
console.log(JSON.stringify(studies));

function summaryOf(id: string, own: StudyDocument | WalkDocument): StudySummary {
  const { strategy, markets, timeframe, fromMs, toMs } = own.subject;
  const subject = { id, kind: own.kind, strategy, markets, timeframe, fromMs, toMs };
  if (own.kind === "walk-forward") {
    const { windows, metrics, judgement } = own;
    const sharpe = metrics.sharpe ?? null;
    return { ...subject, count: windows.length, sharpe, probability: judgement.probabilisticSharpe, pbo: null };
  }
  const { trials, judgement, overfitting } = own;
  return {
    ...subject,
    count: trials.length,
    sharpe: judgement?.sharpe ?? null,
    probability: judgement?.deflatedSharpe ?? null,
    pbo: overfitting.pbo ?? null,
  };
}
