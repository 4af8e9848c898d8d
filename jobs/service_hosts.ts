// Where the services of the settings are.
import type { Settings } from "../engine/settings/mod.ts";

const PORTS: Readonly<Record<string, string>> = { postgres: "5432", postgresql: "5432", redis: "6379", rediss: "6379" };

/** Hosts with ports, as permissions name them; this machine is one of them. */
export function serviceHosts({ databaseUrl, redisUrl }: Pick<Settings, "databaseUrl" | "redisUrl">): string[] {
  const named = [databaseUrl, redisUrl].flatMap((url) => url === null ? [] : hostsOf(url.reveal()));
  return [...new Set(["127.0.0.1", "localhost", ...named])];
}

/** An address of PostgreSQL may name several hosts. */
function hostsOf(url: string): string[] {
  const [, scheme = "", authority = ""] = /^(\w+):\/\/([^/?#]*)/.exec(url) ?? [];
  return authority.slice(authority.lastIndexOf("@") + 1).split(",").filter(Boolean).map((host) =>
    /:\d+$/.test(host) ? host : `${host}:${PORTS[scheme]}`
  );
}
