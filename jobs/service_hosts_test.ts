import assert from "node:assert/strict";
import { Secret } from "../engine/errors/mod.ts";
import { resolveSettings } from "../engine/settings/mod.ts";
import { lakeHosts, serviceHosts } from "./service_hosts.ts";

const hosts = (databaseUrl: string | null, redisUrl: string | null) =>
  serviceHosts({
    ...resolveSettings({}).values,
    databaseUrl: databaseUrl === null ? null : new Secret("databaseUrl", databaseUrl),
    redisUrl: redisUrl === null ? null : new Secret("redisUrl", redisUrl),
  });
const HERE = ["127.0.0.1", "localhost"];

Deno.test("a process may reach the hosts of its services with their ports, and this machine", () => {
  assert.deepEqual(hosts(null, null), HERE);
  assert.deepEqual(hosts("postgres://a:p@ss@db.example:6000/x?sslmode=require", null), [...HERE, "db.example:6000"]);
  assert.deepEqual(hosts("postgresql://one,two:1/x", "rediss://:pw@cache.example"), [
    ...[...HERE, "one:5432", "two:1"],
    "cache.example:6379",
  ]);
  assert.deepEqual(hosts("postgres:///x", "redis://[::1]:7000"), [...HERE, "[::1]:7000"]);
});

Deno.test("a password that was not escaped is no host: whoever wrote it is told how to write it", () => {
  for (const password of ["se/cret", "se#cret", "se?cret", "p@se/cret"]) {
    assert.throws(() => hosts(`postgres://a:${password}@db.example/x`, null), (error: Error) => {
      assert.match(error.message, /write \/ as %2F/);
      assert.doesNotMatch(error.message, /cret/);
      return true;
    });
  }
  assert.deepEqual(hosts("postgres://a:se%2Fcret@db.example/x", null), [...HERE, "db.example:5432"]);
});

Deno.test("a process that works with a lake in a bucket may reach the bucket's host, and no other", () => {
  const hostOf = (environment: Record<string, string>) => lakeHosts(resolveSettings({ environment }).values);
  const LAKE_URL = "s3://candles/lake";
  assert.deepEqual(hostOf({}), []);
  assert.deepEqual(hostOf({ LAKE_URL, AWS_REGION: "eu-central-1" }), ["candles.s3.eu-central-1.amazonaws.com:443"]);
  assert.deepEqual(hostOf({ LAKE_URL, AWS_ENDPOINT_URL: "http://127.0.0.1:9000/" }), ["127.0.0.1:9000"]);
  const style = { LAKE_URL, AWS_ENDPOINT_URL: "https://s3.example.org", LAKE_URL_STYLE: "vhost" };
  assert.deepEqual(hostOf(style), ["candles.s3.example.org:443"]);
  assert.deepEqual(serviceHosts(resolveSettings({ environment: style }).values), [...HERE, ...hostOf(style)]);
});
