// Prints which hosts the channels of notices may reach, for the task that does nothing else. It stands between the flags of
// `deno run` in deno.json; without a channel it prints nothing, and nothing may be reached.
import { channelHosts } from "../engine/notifications/mod.ts";
import { isCodedError } from "../engine/errors/mod.ts";
import { note } from "./output.ts";
import { readSettings } from "./settings.ts";

try {
  const hosts = channelHosts(readSettings().values);
  if (hosts.length > 0) console.log(`--allow-net=${hosts}`);
} catch (error) {
  if (!isCodedError(error)) throw error;
  note(`error: ${error.message}`);
  Deno.exit(1);
}
