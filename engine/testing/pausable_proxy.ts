// Test support only: a line to a server on which nothing comes through for a while, though nobody has hung up.

/** Passes on what comes, on a free loopback port. */
export class PausableProxy {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #lines = new Set<Deno.TcpConn>();
  #open: Promise<void> = Promise.resolve();
  #isAnswersOnly = false;
  #resume = () => {};

  constructor(readonly target: number) {
    void this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** What the server says does not come through, as if its client stood still. */
  pauseAnswers(): void {
    this.pause();
    this.#isAnswersOnly = true;
  }

  pause(): void {
    this.#isAnswersOnly = false;
    this.#open = new Promise((resolve) => this.#resume = resolve);
  }

  resume(): void {
    this.#resume();
  }

  close(): void {
    this.#listener.close();
    for (const line of this.#lines) this.#hangUp(line);
    this.resume(); // what was held back meets lines that are gone
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) void this.#connect(client).catch(() => this.#hangUp(client));
  }

  async #connect(client: Deno.TcpConn): Promise<void> {
    this.#lines.add(client);
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
    this.#lines.add(server);
    // As without it: several short messages in a row would wait for one another's acknowledgement.
    for (const line of [client, server]) line.setNoDelay();
    await Promise.race([this.#pass(client, server, true), this.#pass(server, client, false)]).catch(() => {});
    for (const line of [client, server]) this.#hangUp(line);
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn, isAsked: boolean): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) return;
      if (!(isAsked && this.#isAnswersOnly)) await this.#open;
      for (let done = 0; done < count;) done += await to.write(buffer.subarray(done, count));
    }
  }

  #hangUp(line: Deno.TcpConn): void {
    this.#lines.delete(line);
    try {
      line.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already
    }
  }
}
