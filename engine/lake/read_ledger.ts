import { InputError } from "../errors/mod.ts";
import { ChainAudit, type ChainFault, type ChainTip } from "../identity/mod.ts";
import { type Trial, trialFault } from "../research/mod.ts";
import { exists } from "./atomic_file.ts";
import { headPath, readHead } from "./chain_head.ts";
import { textDigest } from "./text_digest.ts";
import { textLines } from "./text_lines.ts";

/** A fault of the ledger: of its chain, or a row that is whole and holds no trial. */
export type LedgerFault = ChainFault | {
  readonly kind: "headless";
  readonly line: number;
  readonly sequence: number;
  readonly message: string;
};

/** What is in a ledger, and what is wrong with it. */
export interface LedgerCheck {
  readonly path: string;
  /** Trials that can be believed, in their order, each run hash once. */
  readonly trials: readonly Trial[];
  /** The last row. */
  readonly tip: ChainTip;
  readonly faults: readonly LedgerFault[];
  /** True when a process was killed while it wrote a row: nothing that was kept is missing, the next append clears it away. */
  readonly interrupted: boolean;
}

/** Reads the whole ledger and names each row that was deleted, edited, moved, or put in by another program. */
export async function checkLedger(path: string): Promise<LedgerCheck> {
  const head = await readHead(path); // before the rows: a writer may go on meanwhile
  const audit = new ChainAudit(head ?? undefined, textDigest),
    trials = new Map<string, Trial>(),
    foreign: LedgerFault[] = [];
  let line = 0;
  if (await exists(path)) {
    const file = await Deno.open(path, { read: true });
    try {
      for await (const { text, whole } of textLines(file)) {
        line++;
        const value = whole ? audit.take(text) : audit.takePart(text);
        if (value === undefined) continue;
        const fault = trialFault(value);
        if (fault !== null) foreign.push(noTrial(line, fault));
        else if (!trials.has((value as Trial).hash)) trials.set((value as Trial).hash, value as Trial);
      }
    } finally {
      file.close();
    }
  }
  const { tip, faults, interrupted } = audit.finish();
  const headless = head === null && line > 0 ? [headlessFault(path, line)] : [];
  return {
    path,
    trials: [...trials.values()],
    tip,
    faults: [...faults, ...foreign, ...headless].toSorted((a, b) => a.line - b.line),
    interrupted,
  };
}

/**
 * The trials of a ledger, each run hash once, in the order in which they were made; none where there is no ledger yet.
 *
 * @throws {InputError} `ledger-damaged` when a row was deleted, edited or moved: no figure is made of a wrong count.
 */
export async function readTrials(path: string): Promise<readonly Trial[]> {
  const { trials, faults: [first] } = await checkLedger(path);
  if (first === undefined) return trials;
  throw new InputError(
    "ledger-damaged",
    `the trial ledger ${path} cannot be counted, ${first.message}: see deno task ledger verify, and restore it, or move ` +
      "its folder away to begin a new one",
  );
}

function noTrial(line: number, fault: string): LedgerFault {
  return { kind: "foreign", line, sequence: line, message: `line ${line} holds no trial, ${fault}` };
}

function headlessFault(path: string, line: number): LedgerFault {
  const message = `${
    headPath(path)
  } is missing or unreadable, so nobody can tell whether rows after line ${line} were deleted`;
  return { kind: "headless", line, sequence: line, message };
}
