import { Command, Option } from "commander";
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { inTransaction } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { askCommand } from "../../engine/journal/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, note, table } from "../output.ts";
import { number, parameter, type Parameters, whole } from "../parameters.ts";
import { processCharge } from "../process_charge.ts";
import { findStrategy } from "../registry.ts";
import { serviceHosts } from "../service_hosts.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { type Charge, Supervisor } from "../supervisor.ts";
import { beginPaperSession, holderOf } from "../trading/new_session.ts";
import { startPaperExchange } from "../trading/paper_exchange.ts";

interface StartFlags {
  readonly name: string;
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
    .description("Trade until Ctrl-C on a loopback exchange, which this starts; what dies is started again.")
    .addOption(new Option("--mode <mode>", "paper: with money that is none").choices(["paper"]).default("paper"))
    .option("--strategy <id>", "as in sma-cross", "sma-cross")
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--symbol <symbol...>", "markets", ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    .option("--cash-quote <amount>", "cash at the start", number, 100_000)
    .option("--fraction <share>", "share of the equity that an entry is for", number, 0.2)
    .addOption(new Option("--speed <factor>", "seconds of the venue in one of ours").argParser(number).default(30))
    .option("--seed <number>", "seed of the venue's prices", whole, 1)
    .action(start);
  named(command.command("status")).description("Show what it does.").action(status);
  named(command.command("stop")).description("End it: what waits at the venue stays there.").action(ask("stop"));
  named(command.command("pause")).option("--flatten", "and close what is open").description("Open nothing new.")
    .action((flags: NameFlags) => ask(flags.flatten ? "flatten" : "pause")(flags));
  named(command.command("resume")).description("Go on after a pause or a halt.").action(ask("resume"));
  return command;
}

async function start({ name, strategy, param, symbol, cashQuote, fraction, speed, seed, ...flags }: StartFlags) {
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
      params: param ?? (strategy === "sma-cross" ? { fast: 3, slow: 9 } : {}),
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
    const stop = new AbortController();
    void untilStopped(false).then(() => stop.abort());
    void exchange.ended.then(() => stop.abort());
    const charge = processCharge({
      name,
      permissions: "trader",
      hosts: serviceHosts(settings),
      args: ["trade", "--session", session],
      say: note,
    });
    const states = await new Supervisor([endingWith(charge, stop)], { clock: systemClock, note }).run(stop.signal);
    answer(flags, { session, processes: states }, () => `session ${session} has ended`);
  } finally {
    await exchange.stop();
  }
}

/** The process ends in order when it was told to, and all with it; in any other way it is started again. */
function endingWith({ name, start }: Charge, stop: AbortController): Charge {
  return {
    name,
    async start() {
      const running = await start();
      void running.ended.then((reason) => reason === "status 0" && stop.abort());
      return running;
    },
  };
}

async function status({ name, ...flags }: NameFlags): Promise<void> {
  await using database = await openedDatabase("autopilot");
  const { sql } = database;
  const holder = await holderOf(sql, name);
  const sessions = await sql<{ id: string; mode: string; startedAtMs: number; orders: number; fills: number }[]>`
    select s.id, s.mode, s.started_at_ms as "startedAtMs",
      (select count(*)::int from orders o where o.session_id = s.id) as orders,
      (select count(*)::int from fills f where f.session_id = s.id) as fills
    from sessions s where s.settings->>'autopilot' = ${name} order by s.started_at_ms desc limit 10`;
  answer(flags, { name, holder, sessions }, () =>
    [
      holder === null
        ? `autopilot ${name} does not run`
        : `autopilot ${name} runs: ${holder.holder}, epoch ${holder.epoch}`,
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
