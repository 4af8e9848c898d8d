import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { parseRunSpec, runBacktest, runFromSource, type RunRecord } from "../engine/backtest/mod.ts";
import { importCandles, importFunding, Lake, writeRobustness, writeRun } from "../engine/lake/mod.ts";
import { type CandleColumns, instrument } from "../engine/market/mod.ts";
import { studyRobustness } from "../engine/research/mod.ts";
import {
  atrBreakout,
  buyAndHold,
  donchianBreakout,
  macdTrend,
  rsiReversion,
  smaCross,
  type Strategy,
} from "../engine/strategies/mod.ts";
import { requireOrSkip } from "../engine/testing/shared_data.ts";
import { timeframe, type TimestampMs } from "../engine/time/mod.ts";
import { serveStatic } from "../jobs/static_server.ts";
import { programOn } from "../jobs/testing/program.ts";

const CHROMIUM = "/usr/bin/chromium";
const MARKET = { exchange: "coinbase", symbol: "BTC/USD" };
const SECOND_MARKET = { exchange: "bitstamp", symbol: "ETH/USD" };
/** Text that would run, were it read as markup or as an expression of Framework. */
const HOSTILE = "<img src=x onerror=console.log(1)>${console.log(2)}";

/** Calls a command on a data folder, as a user would. */
async function command<Answer>(dataDir: string, ...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await programOn(dataDir)(...args, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Builds the pages of a data folder. */
function buildPages(dataDir: string): Promise<{ output: string; pages: string[] }> {
  return command(dataDir, "site", "--output", `${dataDir}/dist`);
}

/** A sweep over three parameters and a walk, of which pages are made. */
async function study(dataDir: string): Promise<void> {
  const market = ["--exchange", MARKET.exchange, "--symbol", MARKET.symbol, "--timeframe", "1d"];
  const grid = ["--grid", "entry=10,20,40", "--grid", "stopAtr=2:4", "--grid", "targetAtr=3:6"];
  await command(dataDir, "sweep", "--strategy", "atr-breakout", ...market, ...grid);
  const pairs = ["--grid", "fast=5:20:5", "--grid", "slow=30:60:10", "--train", "365d", "--test", "180d"];
  await command(dataDir, "walk-forward", "--strategy", "sma-cross", ...market, ...pairs);
}

/** Runs on daily bitcoin, one of them with hostile text in its trades, one on ether too; and a hostile notebook. */
async function fill(dataDir: string): Promise<void> {
  await importCandles(dataDir, "data/samples/coinbase/BTCUSD_1d.parquet");
  await importCandles(dataDir, "data/samples/bitstamp/ETHUSD_1d.parquet");
  const lake = new Lake(dataDir);
  const candlesOf = (market: typeof MARKET) =>
    lake.candles({ instrument: instrument(market), timeframe: timeframe("1d") });
  const candles = await candlesOf(MARKET), others = await candlesOf(SECOND_MARKET);
  lake.close();
  await writeRun(dataDir, await runOf(macdTrend, candles, others));
  const cross = await runOf(smaCross, candles);
  await writeRun(dataDir, cross);
  const evidence = { judgement: null, overfitting: null, walks: [] };
  const input = { run: cross, strategies: smaCross.bind(), candles: [candles], evidence };
  await writeRobustness(dataDir, await studyRobustness(input, { samples: 20 }));
  await writeRun(dataDir, await runOf(buyAndHold, candles));
  const run = await runOf(rsiReversion, candles);
  const trades = run.trades.map((trade) => ({ ...trade, exitReason: HOSTILE }));
  const [{ exitTimeMs: timeMs, instrument: id, strategy, exitPrice }] = trades;
  const exit = { timeMs, instrument: id, strategy, low: 1, high: 2, exitReason: HOSTILE, exitPrice };
  const notes = { ...run.notes, ambiguousExits: [{ ...exit, enteredInCandle: false }] };
  await writeRun(dataDir, { ...run, trades, notes });
  await writeRun(dataDir, await liquidatedRun(dataDir, candles));
  await writeRun(dataDir, await ambiguousRun(candles));
  await Deno.mkdir(`${dataDir}/notebooks`);
  const outputs = [
    { output_type: "stream", text: HOSTILE },
    { output_type: "display_data", data: { "text/html": HOSTILE, "text/plain": HOSTILE } },
  ];
  const cells = [{ cell_type: "markdown", source: `# Hostile\n\n${HOSTILE.replace(/<.*>/, "")}` }, {
    cell_type: "code",
    source: HOSTILE,
    outputs,
  }];
  await Deno.writeTextFile(`${dataDir}/notebooks/hostile.ipynb`, JSON.stringify({ cells }));
}

function runOf(strategy: unknown, ...candles: CandleColumns[]): Promise<RunRecord> {
  const bound = (strategy as Strategy).bind();
  const markets = candles.map(({ instrument: { exchange, symbol } }) => ({ exchange, symbol }));
  const sizing = { kind: "equity-fraction", fraction: 1 / candles.length } as const;
  const spec = parseRunSpec({ strategy: bound.id, params: bound.params, markets, timeframe: "1d", sizing });
  return runBacktest(spec, bound, candles);
}

/** On margin of a tenth, with funding from the lake, and notes of some that nobody has. */
async function liquidatedRun(dataDir: string, candles: CandleColumns): Promise<RunRecord> {
  const file = `${dataDir}/funding.json`;
  const rows = Array.from(candles.openTimeMs, (time) => ({ fundingTime: time + 5, fundingRate: "0.0001" }));
  await Deno.writeTextFile(file, JSON.stringify(rows));
  await importFunding(dataDir, file, MARKET);
  await Deno.remove(file);
  const spec = parseRunSpec({
    strategy: "donchian-breakout",
    markets: [{ ...MARKET, kind: "linear", lot: "0.001", marginTiers: [{ fromNotional: 0, maintenanceRate: 0.01 }] }],
    timeframe: "1d",
    account: { leverage: 10, marginMode: "isolated", funding: true },
    sizing: { kind: "equity-fraction", fraction: 3 },
  });
  const lake = new Lake(dataDir);
  const run = await runFromSource(spec, donchianBreakout.bind(), lake);
  await lake.close();
  const missingFunding = [{
    instrument: "coinbase:BTC/USD",
    count: 3,
    firstTimeMs: candles.openTimeMs[0] as TimestampMs,
  }];
  return { ...run, notes: { ...run.notes, missingFunding } };
}

/** Stop and target so close that daily candles reach both. */
function ambiguousRun(candles: CandleColumns): Promise<RunRecord> {
  const bound = atrBreakout.bind({ stopAtr: 0.3, targetAtr: 0.3 });
  const spec = parseRunSpec({ strategy: bound.id, params: bound.params, markets: [MARKET], timeframe: "1d" });
  return runBacktest(spec, bound, [candles]);
}

/** Opens a page and fails on whatever a browser complains about. */
async function open(browser: Browser, url: string, theme: "light" | "dark"): Promise<{ page: Page; check(): void }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme: theme });
  const page = await context.newPage(), complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(url, { waitUntil: "networkidle" });
  const check = () => assert.deepEqual(complaints, [], url);
  assert.equal(await page.locator(".observablehq--error").count(), 0, url);
  check();
  return { page, check };
}

Deno.test("every page opens in a browser, light and dark, with no failed request and no message", async (t) => {
  const there = await Deno.stat(CHROMIUM).then(() => true, () => false);
  if (!requireOrSkip("browser", there, CHROMIUM)) return;
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "site_test_" });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    await t.step("without a run, the home page says how to make one", async () => {
      const { output } = await buildPages(dataDir);
      const server = serveStatic(output, 0);
      const { page } = await open(browser, server.url, "light");
      assert.match(await page.locator("main").innerText(), /There is no run yet[^]*deno task demo/);
      await page.context().close();
      await server.stop();
    });
    await fill(dataDir);
    await study(dataDir);
    const { output, pages } = await buildPages(dataDir);
    const server = serveStatic(output, 0);
    try {
      await openAll(t, browser, server.url, pages);
      await useThem(t, browser, server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await browser.close();
    await Deno.remove(dataDir, { recursive: true });
  }
});

async function openAll(t: Deno.TestContext, browser: Browser, url: string, pages: readonly string[]): Promise<void> {
  const count = (folder: string) => pages.filter((page) => page.startsWith(`${folder}/`)).length;
  assert.deepEqual(["backtest", "verdict", "sweep", "walk-forward"].map(count), [6, 1, 1, 1]);
  for (const theme of ["light", "dark"] as const) {
    for (const path of pages) {
      await t.step(`${path.replace(/[0-9a-f]{56}\./, "….")}, ${theme}`, async () => {
        const { page, check } = await open(browser, `${url}/${path}`, theme);
        assert.ok((await page.locator("h1").first().innerText()).length > 3);
        const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok(Number(wider) <= 0, `${path} is ${wider} px too wide`);
        check();
        await page.context().close();
      });
    }
  }
}

async function useThem(t: Deno.TestContext, browser: Browser, url: string): Promise<void> {
  await t.step("the list of runs sorts by the head that is pressed, and leads to the report", async () => {
    const { page, check } = await open(browser, url, "light");
    const column = (n: number) => page.locator(`tbody td:nth-child(${n})`).allInnerTexts();
    const numbers = async (n: number) => (await column(n)).map((text) => Number(text.replace(",", "")));
    const trades = page.getByRole("button", { name: "Trades" });
    await trades.click();
    const descending = await numbers(10);
    assert.deepEqual(descending, descending.toSorted((a, b) => b - a));
    await trades.click();
    assert.deepEqual(await numbers(10), descending.toReversed());
    await page.getByRole("link", { name: "sma-cross" }).first().click();
    await page.getByRole("heading", { name: "sma-cross" }).waitFor();
    check();
    await page.context().close();
  });

  await t.step(
    "a sweep shows its trials over each pair of parameters, as lines and by halves, and says what their number means",
    async () => {
      const { page, check } = await open(browser, url, "light");
      await page.getByRole("region", { name: "Studies" }).getByRole("link", { name: "atr-breakout" }).click();
      await page.getByRole("region", { name: /What the number of trials does/ }).getByText("Deflated Sharpe ratio")
        .waitFor();
      const map = page.getByRole("region", { name: "Heat map" });
      const cells = () => map.locator("g[aria-label=cell]").first().locator("rect").count();
      await map.locator("g[aria-label=cell]").first().waitFor();
      assert.equal(await cells(), 3 * 3, "entry by stopAtr");
      await map.getByRole("button", { name: "entry × targetAtr" }).click();
      await page.waitForFunction(
        "document.querySelectorAll('section[aria-label=\"Heat map\"] g[aria-label=cell] rect').length >= 12",
      );
      const coloured = await map.locator("svg").last().innerHTML();
      await map.getByRole("button", { name: "plateau" }).click();
      await page.waitForFunction(
        (old: string) => [...document.querySelectorAll('section[aria-label="Heat map"] svg')].at(-1)?.innerHTML !== old,
        coloured,
      );
      await map.getByText(/^The best stands on /).waitFor();
      const halves = page.getByRole("region", { name: "First half against second half" });
      assert.equal(await halves.locator("g[aria-label=dot]").first().locator("circle").count(), 36);
      const lines = page.getByRole("region", { name: "Parallel coordinates" }),
        drawn = await lines.locator("svg").innerHTML();
      await lines.getByRole("button", { name: "all" }).click();
      await page.waitForFunction(
        (old: string) => document.querySelector('section[aria-label="Parallel coordinates"] svg')?.innerHTML !== old,
        drawn,
      );
      assert.equal(
        await page.getByRole("region", { name: "Trials", exact: true }).last().locator("tbody tr").count(),
        36,
      );
      check();
      await page.context().close();
    },
  );

  await t.step("a walk shows what each window promised and kept", async () => {
    const { page, check } = await open(browser, url, "dark");
    await page.getByRole("region", { name: "Studies" }).getByRole("link", { name: "sma-cross" }).click();
    const windows = page.getByRole("region", { name: "Windows", exact: true }).first();
    await windows.waitFor();
    const rows = await windows.locator("tbody tr").count();
    const promised = page.getByRole("region", { name: "Promised and kept" });
    await promised.locator("g[aria-label=dot]").first().waitFor();
    assert.equal(await promised.locator("g[aria-label=dot]").first().locator("circle").count(), rows);
    await page.getByRole("region", { name: "Equity out of sample" }).getByRole("button", { name: "linear" }).click();
    check();
    await page.context().close();
  });

  await t.step("moving a slider computes the crossings anew and draws them", async () => {
    const { page, check } = await open(browser, url, "dark");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    const count = page.locator(".crossing-count"), chart = page.locator(".crossing-chart svg");
    await chart.waitFor();
    const before = await count.innerText(), drawn = await chart.innerHTML();
    await page.locator("input[name=fast]").fill("3");
    await page.waitForFunction(
      (old: string) => document.querySelector(".crossing-chart svg")?.innerHTML !== old,
      drawn,
    );
    assert.notEqual(await count.innerText(), before);
    const up = /▲ (\d+) up/.exec(await count.innerText())![1];
    const marks = await chart.locator("g[aria-label=dot]").first().locator("path").count();
    assert.equal(marks, Number(up), "one mark a crossing");
    check();
    await page.context().close();
  });

  await t.step("a metric tells its convention, prices can be looked at closely", async () => {
    const { page, check } = await open(browser, url, "light");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    const sharpe = page.locator("[data-metric=sharpe]");
    await sharpe.locator(".term").hover();
    await sharpe.getByRole("tooltip").waitFor({ state: "visible" });
    assert.match(await sharpe.getByRole("tooltip").innerText(), /365/);
    const span = page.getByRole("group", { name: "Time shown" }).getByRole("button", { name: "90 days" });
    await span.click();
    assert.equal(await span.getAttribute("aria-pressed"), "true");
    check();
    await page.context().close();
  });

  await t.step("an account of two markets shows what each was and did; one of a single market does not", async () => {
    const { page, check } = await open(browser, url, "light");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "macd-trend" }).click();
    const contributions = page.getByRole("region", { name: "Contributions", exact: true });
    await contributions.getByText("Account", { exact: true }).waitFor();
    const profits = await contributions.locator("td:nth-child(6)").allInnerTexts();
    const [account, ...parts] = profits.map((text) => Number(text.replaceAll(",", "").replace("−", "-"))).toReversed();
    assert.equal(parts.length, 2);
    assert.ok(Math.abs(parts[0] + parts[1] - account) < 0.015, `${parts} are not ${account}`);
    const correlation = page.getByRole("region", { name: "Correlation", exact: true });
    await correlation.getByRole("button", { name: "Spearman" }).click();
    const cells = correlation.locator("g[aria-label=cell] rect");
    await cells.first().waitFor(); // the chart is drawn after the click, not by it
    assert.equal(await cells.count(), 4);
    const allocation = page.getByRole("region", { name: "Allocation and exposure" });
    const stacked = await allocation.locator("g[aria-label=area] path").count();
    assert.equal(stacked, 3, "two markets and cash");
    await allocation.getByRole("button", { name: "exposure" }).click();
    await allocation.locator("g[aria-label=line]").first().waitFor();
    check();
    await page.goBack();
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    await page.getByRole("region", { name: "Value at risk" }).getByText(/On one day in twenty/).waitFor();
    const rolling = page.getByRole("region", { name: "Rolling ratios" });
    const drawn = await rolling.locator("svg").first().innerHTML();
    await rolling.getByRole("button", { name: "beta" }).click();
    await rolling.getByText("beta, 90 days").first().waitFor();
    assert.notEqual(await rolling.locator("svg").first().innerHTML(), drawn);
    assert.equal(await page.getByRole("region", { name: "Contributions" }).count(), 0);
    check();
    await page.context().close();
  });

  await t.step("the way from signals to fills is there in five stages, whose entries add up", async () => {
    const { page, check } = await open(browser, url, "light");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    const stages = page.getByRole("list", { name: "From signals to fills" }).getByRole("listitem");
    await stages.first().waitFor();
    assert.deepEqual(await stages.getByRole("heading").allInnerTexts(), [
      "Signals",
      "Risk",
      "Rounding",
      "Orders",
      "Fills",
    ]);
    const texts = await stages.allInnerTexts();
    const asked = /(\d+) entries asked for/.exec(texts[0]!)![1];
    assert.match(texts[1]!, /nothing refused/);
    assert.match(texts[3]!, new RegExp(`${asked} entry orders`));
    check();
    await page.context().close();
  });

  await t.step("a trade that is pressed is explained, from data that is fetched only then", async () => {
    const { page, check } = await open(browser, url, "dark");
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(request.url()));
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    const trades = page.getByRole("region", { name: "Trades" }).last(), third = trades.locator("tbody tr").nth(2);
    await third.waitFor();
    await page.waitForLoadState("networkidle");
    assert.ok(!fetched.some((own) => own.includes("/explanations/")), "before the first press");
    await third.click();
    const [entry, exit] = await Promise.all(
      [0, 1].map((side) => page.locator(".explained-side").nth(side).innerText()),
    );
    assert.equal(fetched.filter((own) => own.includes("/explanations/")).length, 1);
    const [, , , , entryTime, exitTime, , entryPrice, exitPrice] = await third.locator("td").allInnerTexts();
    for (
      const [text, time, price, rule] of [[entry, entryTime, entryPrice, "Above"], [exit, exitTime, exitPrice, "Below"]]
    ) {
      assert.ok(text!.includes(`at ${time} UTC`), text);
      assert.match(text!, new RegExp(`crosses${rule}\\(sma\\(close, 10\\), sma\\(close, 50\\)\\)\\s+1\\b`));
      assert.ok(text!.includes(` at ${price}`), text);
      assert.match(text!, /the risk rules had nothing against it[^]*Price: a market order fills at the next open/);
    }
    await trades.locator("tbody tr").nth(3).press("Enter");
    await page.getByText("Trade 4: why it was made").waitFor();
    assert.equal(await trades.locator("[aria-selected=true]").count(), 1);
    assert.equal(fetched.filter((own) => own.includes("/explanations/")).length, 1, "once");
    check();
    await page.context().close();
  });

  await t.step("liquidations and missing funding are listed; the trades that ended so say it", async () => {
    const { page, check } = await open(browser, url, "dark");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "donchian-breakout" }).click();
    const venue = page.getByRole("region", { name: "At the venue" });
    await venue.getByText(/3 settlements of funding are missing of coinbase:BTC\/USD/).waitFor();
    const rows = page.getByRole("region", { name: "Liquidations", exact: true }).locator("tbody tr");
    const [, count] = /(\d+) positions were liquidated/.exec(await venue.innerText())!;
    assert.equal(await rows.count(), Number(count));
    const ends = await page.getByRole("region", { name: "Trades" }).last().locator("tbody td:nth-child(4)")
      .allInnerTexts();
    assert.equal(ends.filter((end) => end === "liquidation").length, Number(count));
    check();
    await page.context().close();
  });

  await t.step(
    "exits whose candle leaves open what came first are counted and listed, each with what was taken",
    async () => {
      const { page, check } = await open(browser, url, "light");
      await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "atr-breakout" }).click();
      const summary = page.getByText(/\d+ exits whose candles leave open what came first/);
      await summary.click();
      const [, count] = /^(\d+) exits/.exec(await summary.innerText())!;
      const rows = page.getByRole("region", { name: "Ambiguous exits" }).locator("tbody tr");
      assert.ok(Number(count) > 5 && Number(count) < 120, count);
      assert.equal(await rows.count(), Number(count));
      assert.deepEqual(new Set(await rows.locator("td:nth-child(5)").allInnerTexts()), new Set(["stop"]));
      check();
      await page.context().close();
    },
  );

  await t.step("on a phone no page is wider than the screen, and no key figure is cut", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 } }), page = await context.newPage();
    await page.goto(url, { waitUntil: "networkidle" });
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "macd-trend" }).click();
    await page.locator(".tail-risk").waitFor();
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth")) <= 0);
    const cut = await page.evaluate(
      "[...document.querySelectorAll('.tile dd')].filter((own) => own.scrollWidth > own.clientWidth).length",
    );
    assert.equal(cut, 0);
    await context.close();
  });

  await t.step(
    "a trade whose position the venue took over is explained by that, and shows the funding it paid",
    async () => {
      const { page, check } = await open(browser, url, "light");
      await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "donchian-breakout" }).click();
      const trades = page.getByRole("region", { name: "Trades" }).last();
      const taken = trades.locator("tbody tr", { hasText: "liquidation" }).first();
      await taken.click();
      const exit = await page.locator(".explained-side").nth(1).innerText();
      const heads = await trades.locator("thead th").allInnerTexts(), cells = await taken.locator("td").allInnerTexts();
      const cell = (name: string) => cells[heads.findIndex((own) => own.startsWith(name))]!;
      assert.match(exit, /^Liquidation at [^]*Its margin was used up at a mark price of/);
      assert.ok(exit.includes(`at ${cell("Exit")} UTC`) && exit.includes(`Settled at ${cell("Exit price")};`), exit);
      assert.match(exit, /the insurance fund (received|paid) [\d.,]+\.\s+In the 1d candle of trades of/);
      assert.ok(Number(cell("Funding").replaceAll(",", "")) > 0);
      await page.getByText("Funding paid:").waitFor();
      check();
      await page.context().close();
    },
  );

  await t.step("a run leads to its verdict, which says what would have to be true, and back", async () => {
    const { page, check } = await open(browser, url, "dark");
    await page.getByRole("region", { name: "Verdicts" }).first().getByText("sma-cross").waitFor();
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "sma-cross" }).click();
    const [, headline] = /^verdict: (.+)$/.exec(await page.getByRole("link", { name: /^verdict:/ }).innerText())!;
    await page.getByRole("link", { name: /^verdict:/ }).click();
    await page.getByRole("list", { name: "Conditions" }).waitFor();
    const words = headline === "too little to tell" ? "says too little" : headline;
    assert.match(await page.locator(".verdict").innerText(), new RegExp(`^It (is )?${words}\\.`));
    const conditions = page.getByRole("list", { name: "Conditions" }).getByRole("listitem");
    assert.ok(await conditions.count() > 3);
    for (const text of await conditions.allInnerTexts()) assert.match(text, /was so|was not so|nobody knows yet/);
    const histories = page.getByRole("region", { name: "Other histories" });
    await histories.locator("svg").waitFor();
    assert.equal(
      await histories.locator("tbody tr").count(),
      9,
      "two ways of blocks, noise and omissions of three sizes, trades",
    );
    await page.getByText(/Not in the data: .*August 2024/).last().waitFor();
    check();
    await page.getByRole("link", { name: /^run [0-9a-f]{12}$/ }).click();
    await page.getByRole("heading", { name: "sma-cross" }).waitFor();
    check();
    await page.context().close();
  });

  await t.step("text of a run or a notebook is shown, never read as markup", async () => {
    const { page, check } = await open(browser, url, "light");
    await page.getByRole("region", { name: "Backtests" }).getByRole("link", { name: "rsi-reversion" }).click();
    await page.getByText("1 exit whose candle leaves open what came first").click();
    await page.getByRole("region", { name: "Ambiguous exits" }).getByText(HOSTILE).waitFor();
    await page.getByRole("region", { name: "Trades" }).last().getByText(HOSTILE).first().waitFor();
    await page.goto(`${url}/notebooks/hostile.html`, { waitUntil: "networkidle" });
    assert.equal(await page.getByText(HOSTILE).count(), 3);
    assert.equal(await page.locator("main img").count(), 0);
    check();
    await page.context().close();
  });
}
