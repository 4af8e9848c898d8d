// Where the services of the settings are.
import { InputError } from "../engine/errors/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";

const PORTS: Readonly<Record<string, string>> = { postgres: "5432", postgresql: "5432", redis: "6379", rediss: "6379" };

/** Venues that are asked for data, by their ids; others are reached with an entry here. */
const VENUE_HOSTS = [
  "api.binance.com",
  "fapi.binance.com",
  "api.coinbase.com",
  "api.kraken.com",
  "www.okx.com",
  "api.bybit.com",
] as const;

/** Where each venue is traded: its signed host first. What is not here is for data only. */
const TRADING_HOSTS: Readonly<Record<string, readonly string[]>> = {
  binance: ["api.binance.com", "stream.binance.com:9443", "ws-api.binance.com"],
  coinbase: ["api.coinbase.com", "advanced-trade-ws.coinbase.com"],
};

/** What a process may reach that trades at a venue, and nothing else of it; none where it cannot be traded there. */
export function tradingHosts(venue: string, exchangeUrl: string | null): readonly string[] {
  if (exchangeUrl !== null) return [new URL(exchangeUrl).host];
  return TRADING_HOSTS[venue] ?? [];
}

/** Where a venue's keys are used: the host as it is shown, and as a mode is bound to it (fault 63). */
export function venueHost(venue: string, exchangeUrl: string | null): string {
  return tradingHosts(venue, exchangeUrl)[0] ?? venue;
}

/** Hosts of venues, and the one that the settings name in place of them. */
export function venueHosts({ exchangeUrl }: Pick<Settings, "exchangeUrl">): string[] {
  return [...VENUE_HOSTS, ...(exchangeUrl === null ? [] : [new URL(exchangeUrl).host])];
}

/** Hosts with ports, as permissions name them; this machine is one of them. */
export function serviceHosts(settings: Pick<Settings, "databaseUrl" | "redisUrl"> & LakeSettings): string[] {
  const { databaseUrl, redisUrl } = settings;
  const named = [databaseUrl, redisUrl].flatMap((url) => url === null ? [] : hostsOf(url.reveal()));
  return [...new Set(["127.0.0.1", "localhost", ...named, ...lakeHosts(settings)])];
}

/** Where the database is, and nothing else of the services. */
export function databaseHosts(settings: Settings): string[] {
  return serviceHosts({ ...settings, redisUrl: null, lakeUrl: null });
}

/** What says where the lake's bucket is. */
type LakeSettings = Pick<Settings, "lakeUrl" | "lakeEndpoint" | "lakeRegion" | "lakeUrlStyle">;

/** The host of the lake's bucket with its port; none where the lake is a folder. */
export function lakeHosts({ lakeUrl, lakeEndpoint, lakeRegion, lakeUrlStyle }: LakeSettings): string[] {
  if (lakeUrl === null) return [];
  const { protocol, hostname, port } = new URL(lakeEndpoint ?? `https://s3.${lakeRegion}.amazonaws.com`);
  const isInHost = (lakeUrlStyle ?? (lakeEndpoint === null ? "vhost" : "path")) === "vhost";
  const host = isInHost ? `${lakeUrl.split("/")[2]}.${hostname}` : hostname;
  return [`${host}:${port || (protocol === "https:" ? 443 : 80)}`];
}

/** An address of PostgreSQL may name several hosts. @throws {InputError} `service-address` */
function hostsOf(url: string): string[] {
  const [, scheme = "", authority = "", rest = ""] = /^(\w+):\/\/([^/?#]*)(.*)/s.exec(url) ?? [];
  // A part of a password would be taken for the host, and shown as what may be reached.
  if (rest.includes("@")) {
    throw new InputError(
      "service-address",
      `the address of a service (${scheme}://…) has an "@" behind its host: in user and password write / as %2F, ` +
        "# as %23, ? as %3F and @ as %40",
    );
  }
  return authority.slice(authority.lastIndexOf("@") + 1).split(",").filter(Boolean).map((host) =>
    /:\d+$/.test(host) ? host : `${host}:${PORTS[scheme]}`
  );
}
