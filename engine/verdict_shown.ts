// How a verdict shows itself in a notebook.
import { JUPYTER_DISPLAY, showing, type Shown, table } from "./display/mod.ts";
import { type Verdict, verdictText } from "./research/mod.ts";

const HELD = { true: "was so", false: "was not so", null: "nobody knows" } as const;

/** The headline, what would have to be true, and what speaks against it and for it. */
export function shownVerdict(verdict: Verdict): Shown {
  const { headline, summary, conditions, against, inFavour, unknown } = verdict;
  const needed = conditions.map(({ sentence, held }) => ({ "would have to be true": sentence, here: HELD[`${held}`] }));
  const points = [...against, ...inFavour].map(({ weight, sentence }) => ({ finding: sentence, weight }));
  const parts = [needed, points, unknown.map((sentence) => ({ "not known": sentence }))];
  return showing({}, async () => {
    const tables: string[] = [];
    for (const rows of parts) {
      if (rows.length > 0) tables.push((await table(rows, { limit: rows.length })[JUPYTER_DISPLAY]())["text/html"]!);
    }
    return {
      "text/html": [`<p><strong>${headline}</strong>. ${summary}</p>`, ...tables].join("\n"),
      "text/plain": verdictText(verdict),
    };
  });
}
