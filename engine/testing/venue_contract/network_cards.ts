import assert from "node:assert/strict";
import type { FaultOf } from "../../exchanges/loopback/fault.ts";
import { LISTED_MS } from "../loopback_client.ts";
import { type Card, card, fired, strike } from "./card.ts";
import { BTC, type Talk } from "./talk.ts";

const HOUR_MS = 3_600_000;
const header = ({ client }: Talk, name: string) =>
  Object.entries(client.last_response_headers).find(([own]) => own.toLowerCase() === name)?.[1];

/** An order that meets a refusal which is not the order's fault, and what kind of error the client makes of it. */
const refused = (id: string, fault: FaultOf<"answer">, error: RegExp, steps: (talk: Talk) => void = () => {}): Card =>
  card(id, `an order meets "${fault}" and is not there`, async (talk) => {
    strike(talk, "place", fault);
    await assert.rejects(
      talk.buy(0.1),
      (own: Error) => error.test(own.constructor.name) || assert.fail(`${own.constructor.name}: ${own.message}`),
    );
    fired(talk, fault);
    assert.equal(talk.desk.exchange.venue.orders.length, 0);
    steps(talk);
  });

/** Section D: limits, clocks, network. */
export const NETWORK_CARDS: readonly Card[] = [
  refused("D43", "limited", /RateLimit|DDoS/, (talk) => assert.equal(header(talk, "retry-after"), "1")),
  refused(
    "D43 untold",
    "limited-untold",
    /RateLimit|DDoS/,
    (talk) => assert.equal(header(talk, "retry-after"), undefined),
  ),
  card("D43 cancel", "a cancel meets 429 and was not done", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, Math.floor(await talk.last() * 0.9));
    strike(talk, "cancel", "limited");
    await assert.rejects(talk.client.cancelOrder(id, BTC));
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "open");
  }),
  card("D43 own", "above the limit the answer is 429 with a time to wait, and a violation is counted", async (talk) => {
    await assert.rejects(async () => {
      for (let i = 0; i < 100; i++) await talk.client.fetchOHLCV(BTC, "1m", LISTED_MS, 5);
    }, (error: Error) => /RateLimit|DDoS/.test(error.constructor.name));
    assert.ok(Number(header(talk, "retry-after")) >= 1);
    assert.equal(talk.desk.exchange.limit.violations, 1);
  }, { limit: { weightPerWindow: 60 } }),
  refused("D44", "forbidden", /./),
  refused("D44 ban", "banned", /DDoS/, (talk) => assert.equal(header(talk, "retry-after"), "2")),
  card("D45", "another process of this address spends half of the limit", async (talk) => {
    const before = talk.desk.exchange.limit.admittedWeight;
    strike(talk, "candles", "spent-elsewhere");
    await talk.client.fetchOHLCV(BTC, "1m", LISTED_MS, 5);
    fired(talk, "spent-elsewhere");
    const { admittedWeight, weightPerWindow } = talk.desk.exchange.limit;
    assert.ok(admittedWeight - before > weightPerWindow / 2);
  }),
  refused("D46", "clock-skew", /InvalidNonce|AuthenticationError/),
  card(
    "D47",
    "the venue's clock jumps an hour: what is signed by ours is refused, until it jumps back",
    async (talk) => {
      const told = () => talk.client.fetchTime();
      const before = await told();
      strike(talk, "time", "clock-jump");
      assert.ok(Math.abs(await told() - before - HOUR_MS) < 60_000);
      fired(talk, "clock-jump");
      await assert.rejects(talk.buy(0.1));
      assert.equal(talk.desk.exchange.venue.orders.length, 0);
      strike(talk, "time", "clock-jump");
      assert.ok(Math.abs(await told() - before) < 60_000);
      await talk.buy(0.1);
    },
  ),
  card("D48", "the venue's clock is beyond 2038, in full", async (talk) => {
    strike(talk, "time", "far-clock");
    assert.ok(await talk.client.fetchTime() > 2 ** 31 * 1_000);
    fired(talk, "far-clock");
  }),
  card("D49", "a page of a proxy comes with status 200: the order is not there", async (talk) => {
    strike(talk, "place", "not-json");
    assert.equal((await talk.buy(0.1).catch(() => null))?.id, undefined);
    assert.equal(talk.desk.exchange.venue.orders.length, 0);
  }),
  card("D50", "an answer comes byte by byte: the client waits for the last one", async (talk) => {
    strike(talk, "time", "slow");
    const startMs = performance.now();
    assert.ok(await talk.client.fetchTime() > LISTED_MS);
    fired(talk, "slow");
    assert.ok(performance.now() - startMs > 400);
  }),
  card("D51", "no answer ever comes and the connection stays open: the order is there", async (talk) => {
    strike(talk, "place", "half-open");
    await assert.rejects(talk.buy(0.1, "asked"), (error: Error) => error.constructor.name === "RequestTimeout");
    assert.equal((await talk.named("asked")).filled, 0.1);
  }),
  refused("D52", "revoked-key", /AuthenticationError|PermissionDenied/),
];
