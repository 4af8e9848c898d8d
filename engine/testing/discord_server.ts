// Test support only: a webhook of a Discord channel, with its limits and its refusals, as discord.com/developers/docs
// describes them.

const CONTENT_MOST = 2_000;

/** The server. */
export class DiscordServer {
  /** Messages that the channel has got. */
  readonly messages: string[] = [];
  /** Statuses that the next calls get in place of being taken. */
  readonly failures: number[] = [];
  /** So many messages in a while, as its headers say. */
  limit = { messages: Infinity, perMs: 2_000 };
  /** How often it has refused a message for coming too soon after it had said when to come. */
  tooSoon = 0;
  #sentAtMs: number[] = [];
  #closedUntilMs = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly id: string, readonly token: string) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/api/webhooks/${this.id}/${this.token}`;
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url), asked = await request.json();
    const failure = this.failures.shift();
    if (failure !== undefined) return refused(failure, 0, "Internal Server Error");
    if (pathname !== `/api/webhooks/${this.id}/${this.token}`) return refused(404, 10_015, "Unknown Webhook");
    const nowMs = performance.now(), { messages, perMs } = this.limit;
    if (nowMs < this.#closedUntilMs) this.tooSoon++;
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - perMs);
    if (this.#sentAtMs.length >= messages) {
      const seconds = (this.#sentAtMs[0]! + perMs - nowMs) / 1_000;
      this.#closedUntilMs = nowMs + seconds * 1_000;
      const headers = { "retry-after": `${Math.ceil(seconds)}`, "x-ratelimit-reset-after": `${seconds}` };
      const body = { message: "You are being rate limited.", retry_after: seconds, global: false };
      return Response.json(body, { status: 429, headers });
    }
    const { content = "", allowed_mentions } = asked;
    if (content === "") return refused(400, 50_006, "Cannot send an empty message");
    if ([...content].length > CONTENT_MOST) return refused(400, 50_035, "Invalid Form Body");
    if (allowed_mentions?.parse?.length !== 0) return refused(400, 0, "this test wants no mentions");
    this.#sentAtMs.push(nowMs);
    this.messages.push(content);
    return searchParams.get("wait") === "true"
      ? Response.json({ id: `${this.messages.length}`, content })
      : new Response(null, { status: 204 });
  }
}

function refused(status: number, code: number, message: string): Response {
  return Response.json({ message, code }, { status });
}
