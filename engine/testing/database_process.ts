// Test support only: a process that opens the embedded database of the folder in its first argument, prints where it is,
// and closes it when its standard input ends.
import { openDatabase } from "../database/mod.ts";

const database = await openDatabase({ databaseUrl: null, dataDir: Deno.args[0] });
const [place] = await database.sql`
  select inet_server_port()::int as port, pg_postmaster_start_time()::text as started, pg_backend_pid() as connection`;
console.log(JSON.stringify(place));
await Deno.stdin.readable.pipeTo(new WritableStream());
await database.close();
