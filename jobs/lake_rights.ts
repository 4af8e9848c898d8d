// Prints what a process that works with the lake may do beside its permission set, which is named: nothing, or reach the
// host of the bucket that the settings name. A flag replaces a set's own list, so that is repeated. Tasks in deno.json put
// it between the flags of `deno run`.
import configuration from "../deno.json" with { type: "json" };
import { isCodedError } from "../engine/errors/mod.ts";
import { note } from "./output.ts";
import { lakeHosts } from "./service_hosts.ts";
import { readSettings } from "./settings.ts";

try {
  const hosts = lakeHosts(readSettings().values);
  const sets: Readonly<Record<string, object>> = configuration.permissions;
  const own = (sets[Deno.args[0]!] as { readonly net?: readonly string[] }).net ?? [];
  if (hosts.length > 0) console.log(`--allow-net=${[...own, ...hosts]}`);
} catch (error) {
  if (!isCodedError(error)) throw error;
  note(`error: ${error.message}`);
  Deno.exit(1);
}
