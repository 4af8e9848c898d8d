// Asks who listens on a port: a server is known by the password that both sides prove to each other, not by its number.
import postgres from "postgres";
import { ROLE } from "./cluster.ts";
import { failingSocket, openSocket } from "./socket.ts";

/** Who answers: our server, our server that is not ready yet or stops, somebody else, or nobody. */
export type Answer = "ours" | "busy" | "stranger" | "nobody";

const PATIENCE_SECONDS = 3;

/** Asks on 127.0.0.1, once. */
export async function probe(port: number, password: string): Promise<Answer> {
  let connections = 0;
  const sql = postgres({
    ...{ host: "127.0.0.1", port, user: ROLE, pass: password, database: "postgres" },
    ...{ max: 1, connect_timeout: PATIENCE_SECONDS, fetch_types: false, onnotice: () => {} },
    socket: () =>
      connections++ === 0
        ? openSocket({ host: "127.0.0.1", port }).catch(failingSocket)
        : failingSocket(new Error("closed")),
  } as postgres.Options<Record<string, never>>);
  try {
    await sql`select 1`;
    return "ours";
  } catch (error) {
    return answerOf((error as { code?: string }).code);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function answerOf(code: string | undefined): Answer {
  switch (code) {
    case "ECONNREFUSED":
      return "nobody";
    case "57P03": // starting, recovering or stopping
    case "53300": // every connection is taken
      return "busy";
    default:
      return "stranger";
  }
}
