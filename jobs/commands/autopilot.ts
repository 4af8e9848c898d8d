import { Command, Option } from "commander";
import { holderText, openCache } from "../../engine/cache/mod.ts";
import { inTransaction, openDatabase, type Sql } from "../../engine/database/mod.ts";
import { counted, InputError, UsageError } from "../../engine/errors/mod.ts";
import { endSession } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { modeInForce } from "../../engine/security/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { tellAfterwards } from "../audit.ts";
import { specOfFile } from "../backtest_flags.ts";
import { databaseCharge } from "../database_charge.ts";
import { drillText, lastKillDrill } from "../kill_drill_record.ts";
import { channelsOf, LAST_NOTICES_MS, openDesk, tellFailure } from "../notices.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, note, table } from "../output.ts";
import { number, parameter, type Parameters, whole } from "../parameters.ts";
import { SecretInput } from "../secret_input.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { type ChargeFailure, Supervisor } from "../supervisor.ts";
import { beginSession } from "../trading/begun_session.ts";
import { failingText } from "../trading/live_start.ts";
import { LIVE_MODES, type LiveMode } from "../trading/live_wish.ts";
import type { AutopilotHolder } from "../trading/session_lease.ts";
import { type UnendedSession, unendedSessions } from "../trading/unended_sessions.ts";
import { endUnled, leftText } from "../trading/unled_end.ts";
import { isUnknown, liveTerms } from "../trading/preconditions.ts";
import { endingWith } from "../trading/session_charge.ts";
import { askedOf, deskHolder, runningSessions, START_DESK } from "../trading/session_commands.ts";
import { planOf } from "../trading/session_plan.ts";
import { pulseOf, type SessionPulse } from "../trading/session_pulse.ts";
import { checkedWish, liveWishOf, type SessionWish } from "../trading/session_wish.ts";
import { readWatchRecord, watchText } from "../trading/watch_record.ts";
import { openedVault, vaultIn } from "../vault_access.ts";
import { watchdogFolder } from "../watchdog_folder.ts";

/** Keeps the embedded database running for as long as the autopilot does. */
const KEEPER = { connections: 1, applicationName: "crypto-trader autopilot" };

interface StartFlags {
  readonly name: string;
  readonly key?: string;
  readonly mode: "paper" | LiveMode;
  readonly account?: string;
  readonly exchangeUrl?: string;
  readonly spec?: string;
  readonly strategy: string;
  readonly timeframe?: string;
  readonly hours?: string;
  readonly days?: string;
  readonly closeAtEnd?: boolean;
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
  readonly key?: string;
  readonly flatten?: boolean;
  readonly json?: boolean;
}

/** `autopilot`: strategies that trade by themselves. */
export function autopilotCommand(): Command {
  const command = new Command("autopilot").description("Let strategies trade by themselves: start, look, pause, stop.");
  const named = (own: Command) => own.option("--name <name>", "which autopilot", "main");
  const keyed = (own: Command) =>
    named(own).option("--key <key>", "your own name of the command: twice the same is once");
  keyed(command.command("start"))
    .description(
      "Trade until Ctrl-C: on paper, at a loopback exchange that this starts, or with an account of a venue.",
    )
    .addOption(
      new Option("--mode <mode>", "paper: with money that is none; others: what the account may do at most")
        .choices(["paper", ...LIVE_MODES]).default("paper"),
    )
    .option("--account <name>", "at a venue: the account, by the name of its key in the vault")
    .option("--exchange-url <url>", "at a venue: trade there in place of its own hosts, as at the loopback exchange")
    .option("--spec <file>", "a run spec, or the manifest of a run: its strategies, sizes, limits and markets")
    .option("--strategy <id>", "as in sma-cross", "sma-cross")
    .option("--timeframe <length>", "of the candles on which it decides; 1m unless stated")
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--hours <from-to>", "open positions at these hours only, UTC, as in 08:00-16:30")
    .option("--days <days>", "hours: on these days, as in mon,tue,wed")
    .option("--close-at-end", "hours: close what is open when they end")
    .option("--symbol <symbol...>", "markets", ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    .option("--cash-quote <amount>", "paper: cash at the start", number, 100_000)
    .option("--fraction <share>", "share of the equity that an entry is for", number, 0.2)
    .addOption(
      new Option("--speed <factor>", "paper: seconds of the venue in one of ours").argParser(number).default(30),
    )
    .option("--seed <number>", "paper: seed of the venue's prices", whole, 1)
    .action(start);
  named(command.command("status")).description("Show what it does.").action(status);
  command.command("list").description("Show all that run, on any machine, and what each holds.").action(list);
  keyed(command.command("stop")).description("End it: entries that wait are taken back, stops stay at the venue.")
    .action(ask("stop"));
  command.command("drill").description("Try the kill switch where nothing trades, and write down that it works.")
    .action(drill);
  keyed(command.command("pause")).option("--flatten", "and close what is open").description("Open nothing new.")
    .action((flags: NameFlags) => ask(flags.flatten ? "flatten" : "pause")(flags));
  keyed(command.command("resume")).description("Go on after a pause or a halt.").action(ask("resume"));
  return command;
}

/** Keeps a session, or asks the `start` that runs for it. Nothing begins before all that must hold does. */
async function start(flags: StartFlags, command: Command): Promise<void> {
  checkUsed(flags, (option) => command.getOptionValueSource(option) === "cli");
  const { name, mode, account, exchangeUrl, cashQuote, speed, seed } = flags;
  const settings = mode === "paper" ? readSettings().values : readSettings({ exchangeUrl }).values;
  const wish = checkedWish({
    ...{ autopilot: name, mode, cashQuote, speed, seed, account: account ?? null, ...await plannedBy(flags) },
    hours: hoursOf(flags),
    exchangeUrl: mode === "paper" ? exchangeUrl ?? null : settings.exchangeUrl,
  });
  await using database = await openedDatabase("autopilot", { connections: 2 });
  const { sql } = database, holder = await deskHolder(sql);
  if (holder !== null) return await askStart(sql, holder, wish, flags);
  note(`autopilot is process ${Deno.pid}: Ctrl-C stops all`);
  const desk = openDesk(settings, channelsOf(settings)), input = mode === "paper" ? null : await SecretInput.open();
  const begun = await beginSession(wish, {
    ...{ sql, settings, tell: (notice) => void desk.send(notice) },
    openVault: () => openedVault(vaultIn(settings.dataDir), input!),
    askTerms: async (terms, { evidence: { key, place } }) => {
      if (isUnknown(key) || isUnknown(place)) return "";
      note(`${account} is key ${key.fingerprint} of ${key.venue} at ${place.host}; what follows trades with its money`);
      return await input!.confirm(`type "${terms}" to begin:`);
    },
  });
  if (begun.kind === "refused") {
    Deno.exitCode = 1;
    return answer(flags, { refused: begun.failing }, () => failingText(wish, begun.failing));
  }
  const { id, about, charges, ended, release } = begun;
  note(`session ${id}: ${about}; Ctrl-C ends it`);
  try {
    const stop = new AbortController(), onFailure = (failure: ChargeFailure) => tellFailure(desk, failure);
    void untilStopped(false).then(() => stop.abort());
    let isExchangeGone = false;
    void ended.then(() => {
      isExchangeGone = !stop.signal.aborted;
      stop.abort();
    });
    const keeper = settings.databaseUrl === null
      ? [{ ...databaseCharge(() => openDatabase(settings, KEEPER)), isAside: true }]
      : [];
    const supervisor = new Supervisor([...keeper, ...charges.map((own) => endingWith(own, stop))], {
      clock: systemClock,
      note,
      onFailure,
      command: "deno task autopilot start",
    });
    const states = await supervisor.run(stop.signal);
    if (isExchangeGone) {
      note("the loopback exchange has ended, and with it all that the session held there: start another one");
      Deno.exitCode = 1;
    }
    if (mode === "paper") await endPaperSession(sql, id, isExchangeGone);
    if (states.some(({ state }) => state === "down")) Deno.exitCode = 1;
    answer(flags, { session: id, processes: states }, () => endText(mode, id));
  } finally {
    await release();
    await desk.close(LAST_NOTICES_MS);
  }
}

/** Its exchange has ended with it, and what it held there. */
async function endPaperSession(sql: Sql, id: string, isExchangeGone: boolean): Promise<void> {
  const reason = isExchangeGone ? "its exchange died" : "its exchange ended with the autopilot that kept it";
  await inTransaction(sql, (tx) => endSession(tx, id, systemClock.now(), reason));
}

function endText(mode: StartFlags["mode"], id: string): string {
  if (mode === "paper") return `session ${id} has ended`;
  return `session ${id} is not traded any more: what it holds and its stops stay at the venue; ` +
    "the same command goes on with it, deno task autopilot stop ends it";
}

/** What would be left out in silence is not taken. @throws {UsageError} */
function checkUsed({ spec, mode, fraction }: StartFlags, isGiven: (option: string) => boolean): void {
  const unused = (options: readonly string[]) => options.find(isGiven);
  const inSpec = spec === undefined ? undefined : unused(["strategy", "symbol", "fraction", "param", "timeframe"]);
  if (inSpec !== undefined) throw new UsageError(`--spec says what is traded: leave out --${inSpec}`);
  const paperOnly = mode === "paper" ? undefined : unused(["cashQuote", "speed", "seed"]);
  if (paperOnly !== undefined) {
    throw new UsageError(`--${paperOnly === "cashQuote" ? "cash-quote" : paperOnly} is for paper: leave it out`);
  }
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UsageError(`--fraction ${fraction} is no share of the equity: use a number above 0, 1 at most`);
  }
}

/** A row of the journal asks for it: who types the terms here need not be at the machine that trades. */
async function askStart(sql: Sql, { holder }: AutopilotHolder, wish: SessionWish, flags: StartFlags): Promise<void> {
  note(`deno task start (${holder}) is asked for it`);
  const terms = wish.mode === "live" ? await typedTerms(sql, wish) : null;
  const outcome = await askedOf(sql, {
    ...{ id: flags.key ?? crypto.randomUUID(), account: START_DESK, kind: "start", askedBy: "autopilot command" },
    body: { ...wish, terms },
  }, BEGIN_MS);
  if (outcome?.state === "done") {
    return answer(flags, { keptBy: holder, answer: outcome.answer }, () => `${outcome.answer}; start keeps it`);
  }
  if (outcome === null) throw new InputError("autopilot", `${holder} has not answered in ${BEGIN_MS / 1_000} s`);
  throw new InputError("autopilot", `${outcome.answer}`);
}

async function typedTerms(sql: Sql, wish: SessionWish): Promise<string> {
  const mode = await modeInForce(sql, wish.account!, systemClock.now()), own = liveWishOf(wish);
  return await (await SecretInput.open()).confirm(`type "${liveTerms({ wish: own, mode })}" to begin:`);
}

/** When it opens positions; null at any time. */
function hoursOf({ hours, days, closeAtEnd }: StartFlags) {
  if (hours === undefined) {
    if (days === undefined && closeAtEnd === undefined) return null;
    throw new UsageError("say the hours: --hours 08:00-16:30, beside --days or --close-at-end");
  }
  const [from, to = ""] = hours.split("-");
  const session = { from, to, ...(days === undefined ? {} : { days: days.split(",") }) };
  return { sessions: [session], ...(closeAtEnd ? { closeAtEnd } : {}) };
}

/** By what it trades, and what: a spec says all of it, else the options do. */
async function plannedBy({ spec, strategy, param, timeframe, symbol, fraction }: StartFlags) {
  if (spec !== undefined) return planOf(await specOfFile(spec));
  const params = param ?? (strategy === "sma-cross" ? { fast: 3, slow: 9 } : {});
  const sizing = { kind: "equity-fraction", fraction };
  return { plan: { strategy, params, sizing, ...(timeframe === undefined ? {} : { timeframe }) }, symbols: symbol };
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
  const settings = readSettings().values, kill = new KillSwitch(settings.dataDir).read();
  const [current] = await unendedSessions(sql, name), holder = current?.holder ?? null;
  const lastDrill = await lastKillDrill(sql, settings);
  const sessions = await sql<{ id: string; mode: string; startedAtMs: number; orders: number; fills: number }[]>`
    select s.id, s.mode, s.started_at_ms as "startedAtMs",
      (select count(*)::int from orders o where o.session_id = s.id) as orders,
      (select count(*)::int from fills f where f.session_id = s.id) as fills
    from sessions s where s.settings->>'autopilot' = ${name} order by s.started_at_ms desc limit 10`;
  const watched = current ?? sessions[0], said = holder === null ? null : await saidOf(sql, current!.id);
  const watchdog = watched === undefined ? null : readWatchRecord(watchdogFolder(settings), watched.id);
  answer(flags, { name, holder, said, kill, watchdog, lastDrill, sessions }, () =>
    [
      holder === null
        ? `autopilot ${name} does not run${waitingText(current)}`
        : `autopilot ${name} runs: ${holder.holder}, epoch ${holder.epoch}`,
      ...(said === null ? [] : [pulseText(said)]),
      ...(kill === null ? [] : [`THE KILL SWITCH IS SET (${kill.reason}): deno task kill --clear lets trading go on`]),
      ...(holder === null && watchdog === null ? [] : [watchText(watchdog, systemClock.now())]),
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

/** That a session at a venue is left as it was. */
function waitingText(session: UnendedSession | undefined): string {
  if (session === undefined || session.mode === "paper") return "";
  return `: session ${session.id} of the account ${session.account} waits for the same start command to go on with it`;
}

/** All autopilots: who leads by the leases of the database, what each says of itself by the cache. */
async function list(flags: { json?: boolean }): Promise<void> {
  await using database = await openedDatabase("autopilot");
  const { sql } = database, cache = await openCache(readSettings().values, sql);
  try {
    const sessions = await runningSessions(sql);
    const [said, places] = [await cache.sessions.all(), await cache.autopilots.running()];
    for (const hint of [said, places]) if (hint.kind === "unknown") note(`the cache does not say: ${hint.reason}`);
    const running = sessions.map((own) => ({
      ...own,
      said: said.kind === "known" ? pulseOf(said.value.get(own.id)) : null,
    }));
    // A process has its place before it leads: it waits for the lease of another, or is just beginning.
    const led = new Set(sessions.map(({ autopilot }) => autopilot));
    const waiting = places.kind === "known" ? [...places.value].filter(([name]) => !led.has(name)) : [];
    answer(flags, { running, waiting: waiting.map(([autopilot, own]) => ({ autopilot, ...own })) }, () =>
      [
        running.length === 0 ? "no autopilot runs" : table(
          ["autopilot", "session", "mode", "led by", "orders", "fills", "equity", "positions", "state"],
          running.map(({ said, ...own }) => [
            ...[own.autopilot, own.id, own.mode, own.holder, own.orders, own.fills],
            ...(said === null
              ? ["", "", "it has not said"]
              : [said.equityQuote.toFixed(2), said.positions.length, said.halted ?? "trades"]),
          ]),
        ),
        ...waiting.map(([name, own]) => `${name} waits to lead: ${holderText(own)}`),
      ].join("\n"));
  } finally {
    await cache.close();
  }
}

/** What a session said of itself last; null where the cache does not have it. */
async function saidOf(sql: Sql, id: string): Promise<SessionPulse | null> {
  const cache = await openCache(readSettings().values, sql);
  try {
    const said = await cache.sessions.load(id);
    return said.kind === "known" ? pulseOf(said.value) : null;
  } finally {
    await cache.close();
  }
}

function pulseText({ equityQuote, cashQuote, halted, haltedBooks, positions, openOrders, entriesToday }: SessionPulse) {
  const held = positions.map(({ symbol, quantity }) => `${quantity} of ${symbol}`).join(", ") || "nothing";
  const entries = entriesToday === null ? "" : `, ${counted(entriesToday, "entry", "entries")} today`;
  return [
    `it holds ${held}, worth ${equityQuote.toFixed(2)} with ${cashQuote.toFixed(2)} of cash; ` +
    `${counted(openOrders, "open order")}${entries}`,
    ...(halted === null ? [] : [`it opens nothing: ${halted}`]),
    ...haltedBooks.map(({ symbol, reason }) => `it opens nothing in ${symbol}: ${reason}`),
    ...(halted === null && haltedBooks.length === 0
      ? []
      : ["deno task autopilot resume lets it go on, once that is settled"]),
  ].join("\n");
}

/** Puts a command into the journal, and waits for its answer. */
function ask(kind: string): (flags: NameFlags) => Promise<void> {
  return async ({ name, key, ...flags }) => {
    await using database = await openedDatabase("autopilot");
    const { sql } = database;
    const [session] = await unendedSessions(sql, name);
    const isUnled = session !== undefined && session.holder === null;
    const left = kind === "stop" && isUnled ? await endUnled(sql, session, systemClock.now()) : null;
    if (left !== null) {
      const entries = left.map(({ clientOrderId }) => clientOrderId);
      return answer(
        flags,
        { name, kind, answer: "ended", entries },
        () => `${name}: session ${session!.id} did not run, and has ended${leftText(left)}`,
      );
    }
    if (session === undefined || (isUnled && kind !== "stop")) {
      throw new InputError("autopilot", `autopilot ${name} does not run: deno task autopilot start --name ${name}`);
    }
    if (kind === "resume") {
      await tellAfterwards(sql, readSettings().values, { action: "session.resume", subject: name, mode: session.mode });
    }
    const { account } = session, id = key ?? crypto.randomUUID();
    const outcome = await askedOf(sql, { id, account, kind, askedBy: "autopilot command" }, ANSWER_MS);
    if (outcome === null) {
      const seconds = ANSWER_MS / 1_000;
      throw new InputError("autopilot", `${name} has not answered in ${seconds} s; it will when it hears of it`);
    }
    if (outcome.state === "refused") throw new InputError("autopilot", `${name}: ${outcome.answer}`);
    answer(flags, { name, kind, answer: outcome.answer }, () => `${name}: ${outcome.answer}`);
  };
}

/** What is under way is waited for before a session has ended. */
const ANSWER_MS = 20_000, BEGIN_MS = 60_000;
