// Test support only: somebody who takes notices by webhook and trusts none that is not signed.
import { createHmac } from "node:crypto";

/** The receiver. */
export class HookServer {
  readonly taken: Record<string, unknown>[] = [];
  /** Answers that the next calls get in place of being taken. */
  readonly failures: { status: number; headers?: Record<string, string> }[] = [];
  /** Calls that were not signed as they should be, or too long ago. */
  forged = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param key Of the signature; null: everything is taken. */
  constructor(readonly key: string | null) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/notices`;
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text(), failure = this.failures.shift();
    if (failure !== undefined) return new Response(`no: ${body}`, { ...failure });
    if (!this.#isGenuine(request.headers, body)) {
      this.forged++;
      return new Response("forged", { status: 401 });
    }
    this.taken.push(JSON.parse(body));
    return new Response(null, { status: 204 });
  }

  #isGenuine(headers: Headers, body: string): boolean {
    if (this.key === null) return true;
    const time = headers.get("x-crypto-trader-time") ?? "";
    const expected = createHmac("sha256", this.key).update(`${time}.${body}`).digest("hex");
    return headers.get("x-crypto-trader-signature") === `sha256=${expected}` &&
      Math.abs(Date.now() - Number(time)) < 300_000;
  }
}
