import assert from "node:assert/strict";
import fc from "fast-check";
import { type Instrument, instrument, type InstrumentId } from "../market/mod.ts";
import { type Fee, fee, formatDecimal, notional, price, quantity, ZERO_NOTIONAL } from "../money/mod.ts";
import type { ClientOrderId, Fill } from "../orders/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import { applyToAccount, openAccount } from "./account.ts";
import { LOT_METHODS, lotDifference, type LotMethod, lotTotals, type TaxLots, taxLots } from "./tax_lots.ts";

const spot = instrument({ exchange: "test", symbol: "BTC/USDT" });
const contract = instrument({ exchange: "test", symbol: "ETH/USDT", kind: "linear" });
const inverse = instrument({ exchange: "test", symbol: "SOL/USD", kind: "inverse", contractSize: "10" });
const markets = new Map<InstrumentId, Instrument>([spot, contract, inverse].map((own) => [own.id, own]));
const noon = (day: number) => Date.UTC(2024, 0, 1, 12) + day * DAY_MS as TimestampMs;

function fillsOf(rows: readonly (readonly [day: number, units: number, paid: number, part?: Partial<Fill>])[]): Fill[] {
  return rows.map(([day, units, paid, part], i) => ({
    tradeId: `t${i + 1}`,
    clientOrderId: `o${i + 1}` as ClientOrderId,
    instrument: spot.id,
    side: units > 0 ? "buy" : "sell",
    price: price(String(paid)),
    quantity: quantity(String(Math.abs(units))),
    fee: 0n as Fee,
    feeAsset: "USDT",
    feeFrom: "cash",
    liquidity: "taker",
    timeMs: noon(day),
    ...part,
  }));
}

const text = (amount: bigint) => formatDecimal(amount, 24);
const terms = (method: LotMethod, longAfterDays = 365) => ({ method, longAfterDays });
const shown = ({ disposals }: TaxLots) =>
  disposals.map(({ acquiredBy, disposedBy, quantity, gain }) =>
    `${formatDecimal(quantity, 12)} ${acquiredBy}→${disposedBy} ${text(gain)}`
  );

Deno.test("the method says which purchase a sale sold, and so what it gained", () => {
  const fills = fillsOf([[0, 1, 100], [1, 1, 300], [2, 1, 200], [3, -1.5, 250]]);
  const by = (method: LotMethod) => shown(taxLots(fills, markets, terms(method)));
  assert.deepEqual(by("fifo"), ["1 t1→t4 150", "0.5 t2→t4 -25"]);
  assert.deepEqual(by("lifo"), ["1 t3→t4 50", "0.5 t2→t4 -25"]);
  assert.deepEqual(by("hifo"), ["1 t2→t4 -50", "0.5 t3→t4 25"]);
});

Deno.test("the highest cost counts the fee of the purchase", () => {
  const fills = fillsOf([[0, 1, 100], [1, 1, 99, { fee: fee("2") }], [2, -1, 100]]);
  assert.deepEqual(shown(taxLots(fills, markets, terms("hifo"))), ["1 t2→t3 -1"]);
});

Deno.test("fees of both sides are in the gain, whatever asset they were taken in", () => {
  const fills = fillsOf([
    // 2 bought, 0.002 of them taken: 1.998 left, and the fee was worth 0.2.
    [0, 2, 100, { fee: fee("0.002"), feeAsset: "BTC", feeFrom: "position" }],
    [1, -1.998, 110, { fee: fee("0.001"), feeAsset: "BNB", feeFrom: "third", feeWorthQuote: notional("0.3") }],
  ]);
  const lots = taxLots(fills, markets, terms("fifo")), [disposal] = lots.disposals;
  assert.deepEqual(
    [disposal!.proceeds, disposal!.cost, disposal!.fees, disposal!.gain].map(text),
    ["219.78", "199.8", "0.5", "19.48"],
  );
  assert.deepEqual([...lots.feesByAsset].map(([asset, amount]) => `${text(amount)} ${asset}`), [
    "0.002 BTC",
    "0.001 BNB",
  ]);
  assert.deepEqual(lots.unvaluedFees, []);
});

Deno.test("a fee in a third asset whose worth nobody knows counts as nothing, and is said", () => {
  // Trading counts it as nothing in the quote asset, as no venue tells its worth.
  for (const worth of [{}, { feeWorthQuote: ZERO_NOTIONAL }]) {
    const paid = { fee: fee("0.001"), feeAsset: "BNB", feeFrom: "third", ...worth } as const;
    const fills = fillsOf([[0, 1, 100, paid], [1, -1, 110]]), lots = taxLots(fills, markets, terms("fifo"));
    assert.deepEqual(lots.unvaluedFees, ["t1"]);
    assert.equal(text(lots.disposals[0]!.gain), "10");
    assert.equal(lotDifference(lots, fills, markets, "USDT"), ZERO_NOTIONAL);
  }
});

Deno.test("a holding is long-term when it lasted for more than the days that are stated", () => {
  const term = (days: number, after: number) =>
    taxLots(fillsOf([[0, 1, 100], [days, -1, 100]]), markets, terms("fifo", after)).disposals[0]!.term;
  assert.deepEqual([term(365, 365), term(366, 365), term(366, 366), term(1, 0)], ["short", "long", "short", "long"]);
  const shorted = fillsOf([[0, -1, 100, { instrument: contract.id }], [900, 1, 80, { instrument: contract.id }]]);
  const [disposal] = taxLots(shorted, markets, terms("fifo")).disposals;
  assert.deepEqual([
    disposal!.side,
    disposal!.term,
    text(disposal!.proceeds),
    text(disposal!.cost),
    text(disposal!.gain),
  ], [
    "short",
    "short",
    "100",
    "80",
    "20",
  ]);
});

Deno.test("what was sold and never bought is said with what it brought, and is in no gain", () => {
  const fills = fillsOf([[0, 1, 100], [1, -3, 200, { fee: fee("6") }], [2, 1, 50], [3, -1, 60]]);
  const lots = taxLots(fills, markets, terms("fifo"));
  assert.deepEqual(shown(lots), ["1 t1→t2 98", "1 t3→t4 10"]);
  assert.deepEqual(
    lots.unmatched.map((
      { quantity, tradeId, proceeds, fees },
    ) => [formatDecimal(quantity, 12), tradeId, text(proceeds), text(fees)]),
    [["2", "t2", "400", "4"]],
  );
  assert.deepEqual(lots.open, []);
  assert.equal(lotDifference(lots, fills, markets, "USDT"), ZERO_NOTIONAL);
});

Deno.test("lots with the same claim are told apart by the order of the fills, and said to be ambiguous", () => {
  const claims = (method: LotMethod, rows: Parameters<typeof fillsOf>[0]) =>
    taxLots(fillsOf(rows), markets, terms(method)).disposals.map(({ acquiredBy, isAmbiguous }) =>
      `${acquiredBy}${isAmbiguous ? "?" : ""}`
    ).join();
  const sameTime = [[0, 1, 100], [0, 1, 101], [1, -2, 90]] as const,
    sameCost = [[0, 1, 100], [1, 1, 100], [2, -2, 90]] as const;
  assert.equal(claims("fifo", sameTime), "t1?,t2");
  assert.equal(claims("lifo", sameTime), "t2?,t1");
  assert.equal(claims("hifo", sameTime), "t2,t1");
  assert.equal(claims("fifo", sameCost), "t1,t2");
  assert.equal(claims("hifo", sameCost), "t1?,t2");
});

Deno.test("sums are kept apart by the asset that the markets settle in", () => {
  const own = { instrument: inverse.id, feeAsset: "SOL" };
  const fills = fillsOf([[0, 1, 100], [0, 4, 100, own], [400, -1, 130], [400, -4, 125, own]]);
  const totals = lotTotals(taxLots(fills, markets, terms("fifo")).disposals, markets);
  // 4 contracts of 10 dollars: 0.4 SOL at 100, 0.32 at 125.
  assert.deepEqual(
    [...totals].map(([asset, { gain, longTermGain }]) => `${asset} ${text(gain)} ${text(longTermGain)}`),
    [
      "USDT 30 30",
      "SOL 0.08 0.08",
    ],
  );
});

interface Drawn {
  readonly market: Instrument;
  readonly units: number;
  readonly paid: number;
  readonly feeFrom: Fill["feeFrom"];
  readonly rate: number;
  readonly sameTime: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  market: fc.constantFrom(spot, contract, inverse),
  units: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -6, max: -1 })),
  paid: fc.integer({ min: 1, max: 12 }),
  feeFrom: fc.constantFrom<Fill["feeFrom"]>("cash", "position", "third"),
  rate: fc.constantFrom(0, 1, 7),
  sameTime: fc.boolean(),
});

/** Fills of drawn trades: a fee is a whole multiple of a thousandth of a unit, or of a unit of money. */
function drawnFills(trades: readonly Drawn[]): Fill[] {
  let day = 0;
  return trades.map(({ market, units, paid, feeFrom, rate, sameTime }, i) => {
    if (!sameTime) day += 100;
    const from = feeFrom === "position" && (market.kind !== "spot" || units < 0) ? "cash" : feeFrom;
    const [own] = fillsOf([[day, units, paid]]);
    return {
      ...own!,
      tradeId: `t${i}`,
      instrument: market.id,
      fee: fee(from === "cash" ? String(rate * 0.5) : String(rate / 1_000)),
      feeAsset: from === "third"
        ? "BNB"
        : from === "position"
        ? market.base
        : market.kind === "inverse"
        ? market.base
        : "USDT",
      feeFrom: from,
      ...(from === "third" ? { feeWorthQuote: notional(String(rate * 0.3)) } : {}),
    };
  });
}

Deno.test("gains add up, to the last digit, to what the account won, by every method, over 10,000 histories", () => {
  let disposed = 0, unmatched = 0, flat = 0;
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 1, maxLength: 14 }), fc.boolean(), (trades, closes) => {
      const fills = drawnFills(trades);
      if (closes) {
        // A last trade of each market that leaves nothing.
        for (const market of markets.values()) {
          const own = fills.filter((fill) => fill.instrument === market.id), account = openAccount(ZERO_NOTIONAL, 1);
          for (const fill of own) {
            applyToAccount(account, 0, { ...fill, feeFrom: fill.feeFrom === "third" ? "cash" : fill.feeFrom }, market);
          }
          const left = account.positions[0]!;
          if (left === 0n) continue;
          const [last] = fillsOf([[9_999, left > 0n ? -1 : 1, 5]]);
          fills.push({
            ...last!,
            tradeId: `end ${market.id}`,
            instrument: market.id,
            quantity: (left < 0n ? -left : left) as Fill["quantity"],
          });
        }
      }
      for (const asset of ["USDT", "SOL"]) {
        const kept = fills.filter(({ instrument }) => (instrument === inverse.id) === (asset === "SOL"));
        // Cash is the account's own sum; fees in a third asset are paid beside it.
        const account = openAccount(ZERO_NOTIONAL, 1);
        let paidBeside = 0n;
        for (const fill of kept) {
          applyToAccount(
            account,
            0,
            fill.feeFrom === "third" ? { ...fill, fee: 0n as Fee, feeFrom: "cash" } : fill,
            markets.get(fill.instrument)!,
          );
          paidBeside += fill.feeWorthQuote ?? 0n;
        }
        for (const method of LOT_METHODS) {
          const lots = taxLots(fills, markets, terms(method)), totals = lotTotals(lots.disposals, markets).get(asset);
          const isOf = ({ instrument }: { instrument: InstrumentId }) =>
            (instrument === inverse.id) === (asset === "SOL");
          let expected = account.cash - paidBeside;
          for (const { cost, fees } of lots.open.filter(isOf)) expected += cost + fees;
          for (const { proceeds, fees } of lots.unmatched.filter(isOf)) expected -= proceeds - fees;
          assert.equal(totals?.gain ?? 0n, expected, `${method} ${asset}`);
          assert.equal(lotDifference(lots, fills, markets, asset), ZERO_NOTIONAL);
          if (totals === undefined) continue;
          disposed += totals.disposals;
          assert.equal(totals.shortTermGain + totals.longTermGain, totals.gain);
          assert.equal(totals.proceeds - totals.cost - totals.fees, totals.gain);
          // Bought and sold as much: no lot is open, and every method gains the same.
          if (lots.open.filter(isOf).length === 0 && lots.unmatched.filter(isOf).length === 0) flat++;
          unmatched += lots.unmatched.length;
        }
      }
    }),
    { numRuns: 10_000 },
  );
  assert.ok(disposed > 100_000 && unmatched > 10_000 && flat > 10_000, `${disposed} ${unmatched} ${flat}`);
});

Deno.test("lots are those of a ledger that keeps every unit on its own, over 10,000 histories", () => {
  const one = fc.record({
    units: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: -5, max: -1 })),
    paid: fc.integer({ min: 1, max: 8 }),
    sameTime: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 14 }), fc.constantFrom(...LOT_METHODS), (trades, method) => {
      let day = 0;
      const fills = fillsOf(
        trades.map(({ units, paid, sameTime }) => [sameTime ? day : ++day, units, paid, { instrument: contract.id }]),
      );
      const { disposals } = taxLots(fills, markets, terms(method));
      const found: string[] = [];
      for (const { quantity, acquiredBy, disposedBy, side } of disposals) {
        for (let unit = 0n; unit < quantity; unit += 10n ** 12n) found.push(`${side} ${acquiredBy}→${disposedBy}`);
      }
      const open: { sign: number; paid: number; id: string; at: number }[] = [], expected: string[] = [];
      trades.forEach(({ units, paid }, at) => {
        for (let unit = 0; unit < Math.abs(units); unit++) {
          const sign = Math.sign(units), id = `t${at + 1}`;
          if (open.length === 0 || open[0]!.sign === sign) {
            open.push({ sign, paid, id, at });
            continue;
          }
          // The dearest purchase, or of short ones the sale that brought least: of equal ones the older.
          const rank = {
            fifo: (own: { at: number }) => own.at,
            lifo: (own: { at: number }) => -own.at,
            hifo: (own: { sign: number; paid: number }) => -own.sign * own.paid,
          };
          const chosen = open.reduce((best, own) => rank[method](own) < rank[method](best) ? own : best);
          open.splice(open.indexOf(chosen), 1);
          expected.push(`${sign > 0 ? "short" : "long"} ${chosen.id}→${id}`);
        }
      });
      assert.deepEqual(found, expected);
    }),
    { numRuns: 10_000 },
  );
});
