// The executions that a command is about: those of a kept run, or of an account in the journal.
import { exactFills, type MarketFills } from "../engine/backtest/mod.ts";
import { inTransaction, type Transaction } from "../engine/database/mod.ts";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import { accountFills, adjustmentIds, isThinned, journalAccounts } from "../engine/journal/mod.ts";
import { readRun } from "../engine/lake/mod.ts";
import { withRevisedFees } from "../engine/live/mod.ts";
import { type Instrument, instrument, type InstrumentId } from "../engine/market/mod.ts";
import { openedDatabase } from "./opened_database.ts";
import { readSettings } from "./settings.ts";

/** What a user says of them. */
export interface FillsWanted {
  readonly account?: string;
  readonly session?: string;
  readonly kind?: Instrument["kind"];
}

/** Executions, whose they are, and what a reader of figures that are made of them should know. */
export interface RecordedFills extends MarketFills {
  readonly of: string;
  readonly notes: readonly string[];
}

/** @throws {UsageError} unless a run or an account is named, and one of the two. */
export async function recordedFills(run: string | undefined, wanted: FillsWanted): Promise<RecordedFills> {
  const { account, session, kind } = wanted;
  if ((run === undefined) === (account === undefined)) {
    throw new UsageError("say whose fills: a kept run by its hash, or --account NAME for those of the journal");
  }
  if (run === undefined) return await ofAccount(account!, session, kind);
  if (session !== undefined || kind !== undefined) {
    throw new UsageError("--session and --kind are about an account of the journal: leave them out beside a run");
  }
  return await ofRun(run);
}

async function ofRun(hash: string): Promise<RecordedFills> {
  const record = await readRun(readSettings().values.dataDir, hash), { run } = record.manifest;
  const notes: string[] = [];
  if (record.fills.length === 0 && record.trades.length > 0) {
    throw new InputError("fills", `run ${hash} was kept without its fills: run it again by its manifest`);
  }
  const charges = record.trades.reduce((sum, { funding = 0, interest = 0 }) => sum + funding + interest, 0);
  if (charges !== 0) {
    notes.push(`Funding and interest of ${charges} were paid beside the lots, and are in no gain.`);
  }
  return {
    ...exactFills(record.manifest, record.fills, record.notes.liquidations),
    of: `run ${run.hash.slice(0, 10)}`,
    notes,
  };
}

async function ofAccount(
  account: string,
  session: string | undefined,
  kind: Instrument["kind"] = "spot",
): Promise<RecordedFills> {
  await using database = await openedDatabase("portfolio");
  return await inTransaction(database.sql, (tx) => fillsOfAccount(tx, account, session, kind), {
    isolation: "repeatable read",
    readOnly: true,
  });
}

async function fillsOfAccount(
  tx: Transaction,
  account: string,
  session: string | undefined,
  kind: Instrument["kind"],
): Promise<RecordedFills> {
  const accounts = await journalAccounts(tx);
  if (!accounts.includes(account)) {
    throw new InputError(
      "account",
      `the journal has no account "${account}": it has ${accounts.join(", ") || "none"}`,
    );
  }
  const first = await accountFills(tx, account, session), notes: string[] = [];
  const markets = new Map<InstrumentId, Instrument>(first.map(({ instrument: id }) => [id, marketOf(id, kind)]));
  // What a venue told of a fee later is an adjustment: the fill says what was known at first.
  const fills = withRevisedFees(first, await adjustmentIds(tx, account), markets);
  if (await isThinned(tx, account)) {
    notes.push("Fills of sessions that ended long ago were archived: what they bought is missing here.");
  }
  if (session !== undefined) notes.push("Of one session only: what other sessions bought is missing here.");
  const of = `account ${account}${session === undefined ? "" : `, session ${session}`}`;
  if (fills.length === 0) notes.push(`There is not one fill of ${of}.`);
  return { fills, markets, of, notes };
}

/** The journal keeps the id of a market alone. */
function marketOf(id: InstrumentId, kind: Instrument["kind"]): Instrument {
  const [, exchange, symbol] = /^([^:]+):(.+)$/.exec(id)!;
  return instrument({ exchange: exchange!, symbol: symbol!, kind });
}
