// Test support only: a way to a server on which connections break at the commit.

/** What becomes of a commit: it reaches the server and only the answer is lost, or it is lost itself. */
export type Loss = "answer" | "commit" | "none";

/** A way to the server at an address. */
export interface LossyConnection {
  readonly url: string;
  /** What to do at the next commit; after it, nothing more. */
  next: Loss;
  close(): Promise<void>;
}

/** Opens it. */
export function lossyConnection(url: string): LossyConnection {
  const target = new URL(url), listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const through = new URL(url);
  through.port = `${(listener.addr as Deno.NetAddr).port}`;
  const work: Promise<unknown>[] = [];
  const way: LossyConnection = {
    url: through.href,
    next: "none",
    async close() {
      listener.close();
      await Promise.all(work);
    },
  };
  const accept = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
      work.push(forward(client, server, way));
    }
  };
  work.push(accept());
  return way;
}

async function forward(client: Deno.Conn, server: Deno.Conn, way: LossyConnection): Promise<void> {
  let isAnswerLost = false;
  const up = async () => {
    const buffer = new Uint8Array(65_536);
    for (let read; (read = await client.read(buffer)) !== null;) {
      const bytes = buffer.slice(0, read), isCommit = new TextDecoder("latin1").decode(bytes).includes("commit\0");
      if (isCommit && way.next === "commit") break;
      isAnswerLost ||= isCommit && way.next === "answer";
      await writeAll(server, bytes);
    }
  };
  const down = async () => {
    const buffer = new Uint8Array(65_536);
    for (let read; (read = await server.read(buffer)) !== null;) {
      if (isAnswerLost) break;
      await writeAll(client, buffer.slice(0, read));
    }
  };
  await Promise.race([up(), down()]).catch(() => {});
  way.next = "none";
  for (const side of [client, server]) {
    try {
      side.close();
    } catch {
      // closed by the other side
    }
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
