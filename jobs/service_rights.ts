// Prints what a process that uses the services may do beside its permission set: which hosts it may reach, and which
// programs it may run. Tasks in deno.json put it between the flags of `deno run`, so that an address in the settings
// opens just that host, and nothing may be run where a real database is named. With --self it may start
// this program, with --hosts it may run nothing, with --venues it may ask venues, too, with --notices it may tell people,
// with --watchdog it may write where watchdogs do, and reach the database only.
import { serverPrograms, unpackServer } from "../engine/database/mod.ts";
import { isCodedError } from "../engine/errors/mod.ts";
import { channelHosts } from "../engine/notifications/mod.ts";
import { note } from "./output.ts";
import { databaseHosts, serviceHosts, venueHosts } from "./service_hosts.ts";
import { readSettings } from "./settings.ts";
import { watchdogFolder } from "./watchdog_folder.ts";

/** None where there is no embedded server for this machine: who needs it says so. */
async function programsOfServer(): Promise<string[]> {
  try {
    return serverPrograms(await unpackServer());
  } catch (error) {
    if (isCodedError(error)) return [];
    throw error;
  }
}

try {
  const settings = readSettings().values, { databaseUrl } = settings;
  const venues = Deno.args.includes("--venues") ? venueHosts(settings) : [];
  const notices = Deno.args.includes("--notices") ? channelHosts(settings) : [];
  const programs = databaseUrl === null && !Deno.args.includes("--hosts") ? await programsOfServer() : [];
  if (Deno.args.includes("--self")) programs.push(Deno.execPath());
  const writes = Deno.args.includes("--watchdog") ? [`--allow-write=${watchdogFolder(settings)}`] : [];
  const services = Deno.args.includes("--watchdog") ? databaseHosts(settings) : serviceHosts(settings);
  const flags = [...writes, `--allow-net=${[...services, ...venues, ...notices]}`];
  console.log([...flags, ...(programs.length === 0 ? [] : [`--allow-run=${programs}`])].join(" "));
} catch (error) {
  if (!isCodedError(error)) throw error;
  note(`error: ${error.message}`);
  Deno.exit(1);
}
