import assert from "node:assert/strict";
import { Secret } from "../engine/errors/mod.ts";
import { serviceHosts } from "./service_hosts.ts";

const hosts = (databaseUrl: string | null, redisUrl: string | null) =>
  serviceHosts({
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
