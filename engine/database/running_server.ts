import { Secret } from "../errors/mod.ts";
import { ROLE } from "./cluster.ts";
import { unlessMissing } from "./file_lock.ts";
import { probe } from "./probe.ts";

/** Address of the embedded server that runs below a data folder; null where none does. Nothing is started or written. */
export async function runningServer(dataDir: string): Promise<Secret | null> {
  const note = await unlessMissing(Deno.readTextFile(`${dataDir}/db/server.json`));
  const password = await unlessMissing(Deno.readTextFile(`${dataDir}/db/password`));
  const port = Number(/"port":\s*(\d+)/.exec(note ?? "")?.[1]);
  if (password === null || !(port > 0) || await probe(port, password) !== "ours") return null;
  return new Secret("databaseUrl", `postgres://${ROLE}:${password}@127.0.0.1:${port}/postgres`);
}
