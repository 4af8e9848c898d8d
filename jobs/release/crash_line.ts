// The line between a trading process and its exchange, at which the process can be caught with a request half written.

/** Where a request is when it counts. */
export type WrittenLabel = "half of the request written" | "request written" | "cancel written";

/** What is to be caught, and who is told. */
export interface CaughtRequest {
  readonly label: WrittenLabel;
  /** The n-th of its kind, from 1. */
  readonly n: number;
  /** Called in the middle of passing it on: whether the process goes on, and when. */
  readonly caught: () => Promise<boolean>;
}

/** Passes on what comes to an exchange on a loopback port of its own. */
export class CrashLine {
  /** The next request to be caught; null after that. */
  caught: CaughtRequest | null = null;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  #seen = 0;

  constructor(readonly target: string) {
    void this.#accept();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Lets the next ones be counted from 1 again. */
  catchNext(request: CaughtRequest): void {
    this.caught = request;
    this.#seen = 0;
  }

  close(): void {
    this.#listener.close();
    for (const line of this.#open) hangUp(line);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) void this.#connect(client);
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // closed
    }
  }

  async #connect(client: Deno.Conn): Promise<void> {
    const { hostname, port } = new URL(this.target);
    try {
      const server = await Deno.connect({ hostname, port: Number(port) });
      this.#open.add(client).add(server);
      await Promise.race([this.#up(client, server), pass(server, client)]).catch(() => {});
      hangUp(server);
      this.#open.delete(server);
    } catch {
      // the exchange is gone
    }
    hangUp(client);
    this.#open.delete(client);
  }

  async #up(client: Deno.Conn, server: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let read; (read = await client.read(buffer)) !== null;) {
      const bytes = buffer.slice(0, read), half = this.#catches(bytes);
      if (half === null) {
        await writeAll(server, bytes);
        continue;
      }
      const { caught, label } = half;
      const first = label === "half of the request written" ? bytes.subarray(0, bytes.length >> 1) : bytes;
      await writeAll(server, first);
      if (!await caught()) return;
      await writeAll(server, bytes.subarray(first.length));
    }
  }

  #catches(bytes: Uint8Array): CaughtRequest | null {
    const { caught } = this, head = new TextDecoder("latin1").decode(bytes.subarray(0, 24));
    if (caught === null) return null;
    const method = caught.label === "cancel written" ? "DELETE" : "POST";
    if (!head.startsWith(`${method} /api/v3/order`)) return null;
    this.#seen++;
    if (this.#seen < caught.n) return null;
    this.caught = null;
    return caught;
  }
}

async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let read; (read = await from.read(buffer)) !== null;) await writeAll(to, buffer.subarray(0, read));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function hangUp(line: Deno.Conn): void {
  try {
    line.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed by the other side
  }
}
