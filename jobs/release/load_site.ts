// A trading process under load, its exchange in another process, and the database of both.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { startSession } from "../../engine/journal/mod.ts";
import { PausableProxy } from "../../engine/testing/pausable_proxy.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { TextLineStream } from "../text_line_stream.ts";
import { CrashSite } from "./crash_site.ts";
import type { LoadBooks } from "./load_exchange.ts";
import type { LoadFigures, LoadSettings } from "./load_trader.ts";

const here = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
const ROOT = here("../../");

/** A process that answers each line with one. */
class Answering {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-check", ...args],
      stdin: "piped",
      stdout: "piped",
    })
      .spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.read();
    if (done) throw new Error("the process has ended");
    return value;
  }

  async ask(line: string): Promise<string> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    return await this.line();
  }

  /** Ends its input, and reads what it says last. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
  }

  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#child.status;
    await this.#lines.cancel().catch(() => {});
  }
}

/** All of it, from its start until its books are compared. */
export class LoadSite {
  #trader: Answering;

  private constructor(
    readonly site: CrashSite,
    readonly settings: LoadSettings,
    readonly exchange: Answering,
    /** Between the trading process and its database, where that one is to be cut off. */
    readonly line: PausableProxy | null,
  ) {
    this.#trader = started(settings);
  }

  static async with<T>(
    { isCut, ...load }: Pick<LoadSettings, "markets" | "traded" | "ordersPerSecond"> & { readonly isCut: boolean },
    work: (load: LoadSite) => Promise<T>,
  ): Promise<T> {
    const folder = await Deno.makeTempDir({ prefix: "load_" });
    try {
      await Deno.chmod(folder, 0o755);
      const site = await CrashSite.open(folder, null, false), dataDir = `${folder}/trader`, session = "load";
      await Deno.mkdir(dataDir);
      const times = { epoch: 0, startedAtMs: systemClock.now() };
      await inTransaction(
        site.database.sql,
        (tx) => startSession(tx, { id: session, account: session, mode: "paper", settings: {}, ...times }),
      );
      const exchange = new Answering(["-P=exchange", "--no-prompt", here("load_exchange.ts"), `${load.markets}`, "1"]);
      const line = isCut ? new PausableProxy(site.port) : null;
      const databaseUrl = site.databaseUrl.replace(`:${site.port}/`, `:${line?.port ?? site.port}/`);
      const exchangeUrl = await exchange.line();
      const own = new LoadSite(site, { databaseUrl, exchangeUrl, dataDir, session, ...load }, exchange, line);
      try {
        await own.#trader.line();
        return await work(own);
      } finally {
        await own.#trader.kill();
        await exchange.kill();
        line?.close();
        await site.close();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  get sql(): Sql {
    return this.site.database.sql;
  }

  /** Kills the trading process, and starts another one, which takes up. */
  async restart(): Promise<void> {
    await this.#trader.kill();
    this.#trader = started(this.settings);
    await this.#trader.line();
  }

  /** When the last order that opens something left, milliseconds since 1970; 0 where this process has sent none. */
  async lastSentMs(): Promise<number> {
    return JSON.parse(await this.#trader.ask("last")).lastSentMs;
  }

  async ask(what: "go" | "rest" | "resume" | "close"): Promise<void> {
    await this.#trader.ask(what);
  }

  async figures(): Promise<LoadFigures> {
    return JSON.parse(await this.#trader.ask("sent"));
  }

  /** How many orders and executions of the venue the journal misses, or has beside them; names that came twice. */
  async compared(): Promise<{ readonly lost: number; readonly invented: number; readonly doubled: number }> {
    await this.exchange.end();
    const books: LoadBooks = JSON.parse(await this.exchange.line());
    const [orders, fills] = await Promise.all([
      this.sql<{ id: string }[]>`select client_order_id as id from orders where account = ${this.settings.session}`,
      this.sql<{ id: string }[]>`select trade_id as id from fills where account = ${this.settings.session}`,
    ]);
    const names = new Set(orders.map(({ id }) => id)), trades = new Set(fills.map(({ id }) => id));
    const atVenue = new Set(books.trades);
    return {
      lost: books.orders.filter((id) => !names.has(id)).length + books.trades.filter((id) => !trades.has(id)).length,
      invented: [...trades].filter((id) => !atVenue.has(id)).length,
      doubled: books.orders.length - new Set(books.orders).size,
    };
  }
}

function started(settings: LoadSettings): Answering {
  const { dataDir } = settings, files = [`--allow-read=${ROOT},${dataDir}`, `--allow-write=${dataDir}`];
  const rights = ["-P=trader", "--no-prompt", "--allow-net=127.0.0.1", ...files];
  return new Answering(["--v8-flags=--expose-gc", ...rights, here("load_trader.ts"), JSON.stringify(settings)]);
}

/** How long a write takes until the disk has it: the p99 of so many, milliseconds. */
export async function fsyncP99Ms(writes = 500): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "fsync_" });
  const path = `${folder}/fsync`, file = await Deno.open(path, { create: true, write: true });
  const times: number[] = [], page = new Uint8Array(8_192);
  for (let i = 0; i < writes; i++) {
    const startedMs = performance.now();
    await file.write(page);
    file.syncDataSync();
    times.push(performance.now() - startedMs);
  }
  file.close();
  await Deno.remove(folder, { recursive: true });
  return quantileOf(times, 0.99);
}

/** @returns NaN of nothing. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
