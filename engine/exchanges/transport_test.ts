import assert from "node:assert/strict";
import { scriptedVenue } from "../testing/scripted_venue.ts";
import { isShallow } from "./json_text.ts";
import { atBase, NotConnected, sendRequest } from "./transport.ts";

const GET = { method: "GET", headers: {}, body: undefined, signal: undefined };
const OPTIONS = { timeoutMs: 2_000, bodyBytesMax: 1_000 };

Deno.test("a port that refuses proves that nothing was sent", async () => {
  const gone = scriptedVenue(() => undefined);
  await gone.close();
  await assert.rejects(sendRequest(`${gone.url}/x`, GET, OPTIONS, () => {}), NotConnected);
});

Deno.test("a body above the cap is not read to its end, and a venue that is late is left", async () => {
  const venue = scriptedVenue(({ path }) => path === "/late" ? "late" : { body: "x".repeat(1_001) });
  await assert.rejects(sendRequest(`${venue.url}/large`, GET, OPTIONS, () => {}), /larger than 1000 bytes/);
  await assert.rejects(sendRequest(`${venue.url}/late`, GET, { ...OPTIONS, timeoutMs: 50 }, () => {}), {
    name: "TimeoutError",
  });
  await venue.close();
});

Deno.test("requests go to another base with their path and query, sockets too", () => {
  assert.equal(
    atBase("https://api.binance.com/api/v3/klines?a=1", "http://127.0.0.1:8090/"),
    "http://127.0.0.1:8090/api/v3/klines?a=1",
  );
  assert.equal(atBase("wss://stream.binance.com:9443/ws/1", "http://127.0.0.1:8090"), "ws://127.0.0.1:8090/ws/1");
  assert.equal(atBase("https://api.binance.com/x", undefined), "https://api.binance.com/x");
});

Deno.test("text that is nested deeper than any answer is told before it is parsed, brackets in strings left out", () => {
  assert.ok(isShallow("[".repeat(32)));
  assert.ok(!isShallow("[".repeat(33)));
  assert.ok(isShallow(`{"a":"${"[".repeat(99)}\\"${"{".repeat(99)}"}`));
});
