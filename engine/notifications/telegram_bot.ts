import { z } from "zod";
import type { Secret } from "../errors/mod.ts";
import type { Clock } from "../time/mod.ts";
import { postJson, refusal, retryAfterOf } from "./http_call.ts";
import { redacted } from "./notice_text.ts";
import type { Delivery } from "./notifier.ts";

/** Telegram's own servers. */
export const TELEGRAM_URL = "https://api.telegram.org";

const answerSchema = z.looseObject({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error_code: z.int().optional(),
  description: z.string().optional(),
  parameters: z.looseObject({
    retry_after: z.number().nonnegative().optional(),
    migrate_to_chat_id: z.number().optional(),
  }).optional(),
});

/** What a method has given, or what is known without it. */
export type BotAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "none"; readonly delivery: Delivery };

/** A bot of Telegram, by its token. What is said of a call never holds the token, though each address does. */
export class TelegramBot {
  /** @param baseUrl Telegram's own server, or one that the user runs. */
  constructor(readonly token: Secret, readonly baseUrl: string, readonly clock: Clock) {}

  /** Its number, which is no secret. */
  get id(): string {
    return this.token.reveal().split(":")[0]!;
  }

  /** Calls a method of the Bot API. Never rejects. */
  async call(method: string, parameters: object, timeoutMs: number, signal?: AbortSignal): Promise<BotAnswer> {
    const url = `${this.baseUrl.replace(/\/$/, "")}/bot${this.token.reveal()}/${method}`;
    const stop = signal === undefined ? {} : { signal };
    const answer = await postJson({ url, body: JSON.stringify(parameters), timeoutMs, ...stop });
    if (answer.kind === "none") return answer;
    const { host } = new URL(url), { status, headers, text } = answer, told = toldIn(text);
    if (status === 200 && told?.ok === true) return { kind: "result", result: told.result };
    if (told === null || status === 200) {
      // A proxy's page, or a body that was cut: it says nothing of the call.
      const reason = `${host} answered ${status} with what is none of the Bot API's answers`;
      return {
        kind: "none",
        delivery: status === 404 ? { kind: "refused", code: "http-404", reason } : unknown(reason),
      };
    }
    const { description = "", parameters: more } = told, moved = more?.migrate_to_chat_id;
    const words = `${redacted(description, [this.token])}${moved === undefined ? "" : `: its chat is now ${moved}`}`;
    const seconds = more?.retry_after;
    const retryAfterMs = seconds === undefined ? retryAfterOf(headers, this.clock.now()) : Math.ceil(seconds * 1_000);
    return { kind: "none", delivery: refusal(host, told.error_code ?? status, words, retryAfterMs) };
  }
}

function unknown(reason: string): Delivery {
  return { kind: "unknown", reason };
}

function toldIn(text: string): z.infer<typeof answerSchema> | null {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
