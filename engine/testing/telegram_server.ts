// Test support only: the part of Telegram's Bot API that a bot of ours uses, with its limits, its refusals and its long
// polling, as core.telegram.org/bots/api describes them.

/** A message that has arrived in a chat. */
export interface SentMessage {
  readonly chatId: string;
  readonly text: string;
  readonly entities: readonly { readonly type: string; readonly offset: number; readonly length: number }[];
}

/** A message to the bot. */
export interface SaidMessage {
  readonly chatId: number;
  readonly userId: number | null;
  readonly text: string;
  readonly atMs: number;
  /** `private` where the chat has the person's number, else `group`, unless stated. */
  readonly type?: string;
  /** Further fields of the message, as a forwarded one has. */
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Update {
  readonly update_id: number;
  readonly message: Readonly<Record<string, unknown>>;
}

const MESSAGE_MOST = 4_096;

/** The server. */
export class TelegramServer {
  readonly messages: SentMessage[] = [];
  /** Name of the bot, without the @. */
  username = "Our_Trader_bot";
  /** Answers that the next calls get in place of what they ask for; text is sent as it is. */
  readonly failures: { method?: string; status: number; body: unknown; headers?: Record<string, string> }[] = [];
  /** Offsets that were asked for; null where none was. */
  readonly offsets: (number | null)[] = [];
  /** More messages in a second are refused. */
  perSecond = Infinity;
  nextUpdateId = 700_000_001;
  #updates: Update[] = [];
  #waiting: (() => void) | null = null;
  #sentAtMs: number[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly token: string, readonly chats: readonly number[], port = 0) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => this.#answer(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Somebody writes to the bot. */
  say({ chatId, userId, text, atMs, type, more = {} }: SaidMessage): void {
    const message = {
      message_id: this.nextUpdateId,
      date: Math.floor(atMs / 1_000),
      chat: { id: chatId, type: type ?? (chatId === userId ? "private" : "group") },
      ...(userId === null ? {} : { from: { id: userId, is_bot: false, first_name: "Somebody" } }),
      text,
      ...more,
    };
    this.#updates.push({ update_id: this.nextUpdateId++, message });
    this.#waiting?.();
  }

  async close(): Promise<void> {
    this.#waiting?.();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const [, bot = "", method = ""] = new URL(request.url).pathname.split("/");
    const failure = this.failures.find((own) => own.method === undefined || own.method === method);
    if (failure !== undefined) {
      this.failures.splice(this.failures.indexOf(failure), 1);
      const { status, body, headers = {} } = failure;
      return typeof body === "string"
        ? new Response(body, { status, headers })
        : Response.json(body, { status, headers });
    }
    if (bot !== `bot${this.token}`) return refused(401, "Unauthorized");
    const asked = await request.json();
    if (method === "sendMessage") return this.#send(asked);
    if (method === "getMe") {
      const [id] = this.token.split(":");
      return Response.json({ ok: true, result: { id: Number(id), is_bot: true, username: this.username } });
    }
    return method === "getUpdates" ? await this.#give(asked, request.signal) : refused(404, "Not Found");
  }

  #send({ chat_id, text, entities = [] }: { chat_id: string; text: string; entities?: SentMessage["entities"] }) {
    const nowMs = performance.now();
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - 1_000);
    if (this.#sentAtMs.length >= this.perSecond) {
      return refused(429, "Too Many Requests: retry after 1", { parameters: { retry_after: 1 } });
    }
    if (!this.chats.includes(Number(chat_id))) return refused(400, "Bad Request: chat not found");
    if (text.trim() === "") return refused(400, "Bad Request: message text is empty");
    if (text.length > MESSAGE_MOST) return refused(400, "Bad Request: message is too long");
    if (!text.isWellFormed()) return refused(400, "Bad Request: strings must be encoded in UTF-8");
    if (entities.some(({ offset, length }) => offset < 0 || length < 1 || offset + length > text.length)) {
      return refused(400, "Bad Request: entity is out of the text");
    }
    this.#sentAtMs.push(nowMs);
    this.messages.push({ chatId: `${chat_id}`, text, entities });
    return Response.json({ ok: true, result: { message_id: this.messages.length, text } });
  }

  async #give(
    { offset, timeout = 0, limit = 100 }: { offset?: number; timeout?: number; limit?: number },
    hungUp: AbortSignal,
  ) {
    this.offsets.push(offset ?? null);
    if (this.#waiting !== null) return refused(409, "Conflict: terminated by other getUpdates request");
    if (offset !== undefined) this.#updates = this.#updates.filter(({ update_id }) => update_id >= offset);
    if (this.#updates.length === 0 && timeout > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout * 1_000);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
        hungUp.addEventListener("abort", () => this.#waiting?.());
      });
      this.#waiting = null;
    }
    return Response.json({ ok: true, result: this.#updates.slice(0, limit) });
  }
}

function refused(status: number, description: string, more = {}): Response {
  return Response.json({ ok: false, error_code: status, description, ...more }, { status });
}
