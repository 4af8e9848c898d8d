import { Command, Option } from "commander";
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { inTransaction } from "../../engine/database/mod.ts";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { askCommand } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { drillText, lastKillDrill } from "../kill_drill_record.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, note, table } from "../output.ts";
import { number, parameter, type Parameters, whole } from "../parameters.ts";
import { findStrategy } from "../registry.ts";
import { SecretInput } from "../secret_input.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { type Charge, Supervisor } from "../supervisor.ts";
import { failingText, startLive } from "../trading/live_start.ts";
import { LIVE_MODES, type LiveMode } from "../trading/live_wish.ts";
import { beginPaperSession, holderOf } from "../trading/new_session.ts";
import { startPaperExchange } from "../trading/paper_exchange.ts";
import { isUnknown } from "../trading/preconditions.ts";
import { endingWith, sessionCharge } from "../trading/session_charge.ts";
import { openedVault, vaultIn } from "../vault_access.ts";

interface StartFlags {
  readonly name: string;
  readonly mode: "paper" | LiveMode;
  readonly account?: string;
  readonly exchangeUrl?: string;
  readonly strategy: string;
  readonly param?: Parameters;
  readonly symbol: readonly string[];
  readonly cashQuote: number;
  readonly fraction: number;
  readonly speed: number;
  readonly seed: number;
  readonly json?: boolean;
}

interface NameFlags {
  readonly name: string;
  readonly flatten?: boolean;
  readonly json?: boolean;
}

const CANDLES = "1m";

/** `autopilot`: strategies that trade by themselves. */
export function autopilotCommand(): Command {
  const command = new Command("autopilot").description("Let strategies trade by themselves: start, look, pause, stop.");
  const named = (own: Command) => own.option("--name <name>", "which autopilot", "main");
  named(command.command("start"))
    .description(
      "Trade until Ctrl-C: on paper, at a loopback exchange that this starts, or with an account of a venue.",
    )
    .addOption(
      new Option("--mode <mode>", "paper: with money that is none; others: what the account may do at most")
        .choices(["paper", ...LIVE_MODES]).default("paper"),
    )
    .option("--account <name>", "at a venue: the account, by the name of its key in the vault")
    .option("--exchange-url <url>", "at a venue: trade there in place of its own hosts, as at the loopback exchange")
    .option("--strategy <id>", "as in sma-cross", "sma-cross")
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--symbol <symbol...>", "markets", ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    .option("--cash-quote <amount>", "paper: cash at the start", number, 100_000)
    .option("--fraction <share>", "share of the equity that an entry is for", number, 0.2)
    .addOption(
      new Option("--speed <factor>", "paper: seconds of the venue in one of ours").argParser(number).default(30),
    )
    .option("--seed <number>", "paper: seed of the venue's prices", whole, 1)
    .action((flags: StartFlags) => flags.mode === "paper" ? start(flags) : startAtVenue(flags, flags.mode));
  named(command.command("status")).description("Show what it does.").action(status);
  named(command.command("stop")).description("End it: what waits at the venue stays there.").action(ask("stop"));
  command.command("drill").description("Try the kill switch where nothing trades, and write down that it works.")
    .action(drill);
  named(command.command("pause")).option("--flatten", "and close what is open").description("Open nothing new.")
    .action((flags: NameFlags) => ask(flags.flatten ? "flatten" : "pause")(flags));
  named(command.command("resume")).description("Go on after a pause or a halt.").action(ask("resume"));
  return command;
}

async function start({ name, strategy, param, symbol, cashQuote, fraction, speed, seed, ...flags }: StartFlags) {
  if (flags.account !== undefined || flags.exchangeUrl !== undefined) {
    throw new UsageError("--account and --exchange-url are for an account of a venue: leave them out on paper");
  }
  if (!(speed > 0 && speed <= 60)) {
    throw new InputError("speed", `time cannot pass ${speed} times as fast: use up to 60`);
  }
  findStrategy(strategy).bind(param ?? {});
  const settings = readSettings().values;
  await using database = await openedDatabase("autopilot", { connections: 2 });
  note(`autopilot is process ${Deno.pid}: Ctrl-C stops all`);
  const exchange = await startPaperExchange(symbol, speed, seed);
  try {
    const spec = parseRunSpec({
      strategy,
      params: paramsOf(strategy, param),
      markets: symbol.map((own) => ({
        exchange: "loopback",
        symbol: own,
        tick: "0.01",
        lot: "0.00001",
        minNotional: "5",
      })),
      timeframe: CANDLES,
      account: { cashQuote, exitsLock: true },
      sizing: { kind: "equity-fraction", fraction },
    });
    const session = await beginPaperSession(database.sql, {
      ...{ autopilot: name, spec, exchange: "loopback", exchangeUrl: exchange.url, clock: exchange.clock },
    });
    note(
      `session ${session}: ${strategy} on ${
        symbol.join(", ")
      } at ${exchange.url}, ${speed} times as fast; Ctrl-C ends it`,
    );
    await keep(session, flags, sessionCharge(name, session, settings, null), exchange.ended);
  } finally {
    await exchange.stop();
  }
}

/** With an account of a venue: nothing begins before all that must hold does. */
async function startAtVenue(flags: StartFlags, mode: LiveMode): Promise<void> {
  const { name, account, strategy, param, symbol, fraction } = flags;
  if (account === undefined) throw new UsageError("say whose money: --account NAME, as deno task keys list shows it");
  findStrategy(strategy).bind(param ?? {});
  const settings = readSettings({ exchangeUrl: flags.exchangeUrl }).values, { exchangeUrl } = settings;
  const input = await SecretInput.open();
  await using database = await openedDatabase("autopilot", { connections: 2 });
  note(`autopilot is process ${Deno.pid}: Ctrl-C stops all`);
  const params = paramsOf(strategy, param);
  const wish = { autopilot: name, mode, account, exchangeUrl, strategy, params, symbols: symbol, fraction };
  const begun = await startLive(wish, {
    ...{ sql: database.sql, settings },
    openVault: () => openedVault(vaultIn(settings.dataDir), input),
    askTerms: async (terms, { evidence: { key, place } }) => {
      if (isUnknown(key) || isUnknown(place)) return "";
      note(`${account} is key ${key.fingerprint} of ${key.venue} at ${place.host}; what follows trades with its money`);
      return await input.confirm(`type "${terms}" to begin:`);
    },
  });
  if (begun.kind === "refused") {
    Deno.exitCode = 1;
    return answer(flags, { refused: begun.failing }, () => failingText(wish, begun.failing));
  }
  const { session: { id, venue, host, goesOn }, secrets } = begun;
  note(`session ${id} ${goesOn ? "goes on" : "begins"}: ${strategy} on ${symbol.join(", ")} at ${host}, mode ${mode}`);
  await keep(id, flags, sessionCharge(name, id, settings, { mode, venue, exchangeUrl, secrets }), never());
}

function paramsOf(strategy: string, param: Parameters | undefined): Parameters {
  return param ?? (strategy === "sma-cross" ? { fast: 3, slow: 9 } : {});
}

/** Keeps the process of a session running until it ends in order, or all is to end. */
async function keep(session: string, flags: { json?: boolean }, charge: Charge, ended: Promise<unknown>) {
  const stop = new AbortController();
  void untilStopped(false).then(() => stop.abort());
  void ended.then(() => stop.abort());
  const states = await new Supervisor([endingWith(charge, stop)], { clock: systemClock, note }).run(stop.signal);
  answer(flags, { session, processes: states }, () => `session ${session} has ended`);
}

function never(): Promise<never> {
  return new Promise(() => {});
}

async function drill(flags: { json?: boolean }): Promise<void> {
  await using database = await openedDatabase("autopilot");
  const { drilledKill } = await import("../drilled_kill.ts");
  const found = await drilledKill(database.sql, readSettings().values);
  answer(flags, found, () => `the kill switch works: it stopped a gate in ${found.stoppedMs.toFixed(1)} ms`);
}

async function status({ name, ...flags }: NameFlags): Promise<void> {
  await using database = await openedDatabase("autopilot");
  const { sql } = database;
  const holder = await holderOf(sql, name), kill = new KillSwitch(readSettings().values.dataDir).read();
  const lastDrill = await lastKillDrill(sql, readSettings().values);
  const sessions = await sql<{ id: string; mode: string; startedAtMs: number; orders: number; fills: number }[]>`
    select s.id, s.mode, s.started_at_ms as "startedAtMs",
      (select count(*)::int from orders o where o.session_id = s.id) as orders,
      (select count(*)::int from fills f where f.session_id = s.id) as fills
    from sessions s where s.settings->>'autopilot' = ${name} order by s.started_at_ms desc limit 10`;
  answer(flags, { name, holder, kill, lastDrill, sessions }, () =>
    [
      holder === null
        ? `autopilot ${name} does not run`
        : `autopilot ${name} runs: ${holder.holder}, epoch ${holder.epoch}`,
      ...(kill === null ? [] : [`THE KILL SWITCH IS SET (${kill.reason}): deno task kill --clear lets trading go on`]),
      drillText(lastDrill),
      table(
        ["session", "mode", "began", "orders", "fills"],
        sessions.map((own) => [
          own.id,
          own.mode,
          formatTimestamp(own.startedAtMs as TimestampMs),
          own.orders,
          own.fills,
        ]),
      ),
    ].join("\n"));
}

/** Puts a command into the journal, and waits for its answer. */
function ask(kind: string): (flags: NameFlags) => Promise<void> {
  return async ({ name, ...flags }) => {
    await using database = await openedDatabase("autopilot");
    const { sql } = database;
    const id = crypto.randomUUID();
    const [session] = await sql<{ account: string }[]>`
      select account from sessions where settings->>'autopilot' = ${name} order by started_at_ms desc limit 1`;
    if (session === undefined || await holderOf(sql, name) === null) {
      throw new InputError("autopilot", `autopilot ${name} does not run: deno task autopilot start --name ${name}`);
    }
    await inTransaction(sql, (tx) =>
      askCommand(tx, {
        id,
        account: session.account,
        kind,
        body: {},
        askedBy: "autopilot command",
        askedAtMs: systemClock.now(),
      }));
    const untilMs = performance.now() + ANSWER_MS;
    while (performance.now() < untilMs) {
      const [row] = await sql<
        { state: string; answer: string }[]
      >`select state, answer from commands where id = ${id}`;
      if (row?.state === "done") {
        return answer(flags, { name, kind, answer: row.answer }, () => `${name}: ${row.answer}`);
      }
      if (row?.state === "refused") {
        throw new InputError("autopilot", `${name}: ${row.answer}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new InputError(
      "autopilot",
      `${name} has not answered in ${ANSWER_MS / 1_000} s; it will when it hears of it`,
    );
  };
}

const ANSWER_MS = 10_000;
