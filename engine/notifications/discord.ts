import { z } from "zod";
import type { Secret } from "../errors/mod.ts";
import type { Clock } from "../time/mod.ts";
import { postJson, refusal, retryAfterOf } from "./http_call.ts";
import type { Notice } from "./notice.ts";
import { bodyOf, cut, headOf } from "./notice_text.ts";
import { DELIVERED, type Delivery, type Notifier } from "./notifier.ts";

const TIMEOUT_MS = 10_000;
/** Discord's limit of a message. */
const CONTENT_MOST = 2_000;
/** A message without the pictures of what is linked in it. */
const SUPPRESS_EMBEDS = 4;

const answerSchema = z.looseObject({
  message: z.string().optional(),
  retry_after: z.number().nonnegative().optional(),
});

/** Posts notices to a webhook of a Discord channel. */
export class DiscordWebhook implements Notifier {
  /** @param url As Discord gives it, with its token. */
  constructor(readonly url: Secret, readonly clock: Clock) {}

  async send(notice: Notice): Promise<Delivery> {
    const url = new URL(this.url.reveal());
    url.searchParams.set("wait", "true"); // else it answers before it has looked at the message
    const body = JSON.stringify({
      content: contentOf(notice),
      allowed_mentions: { parse: [] },
      flags: SUPPRESS_EMBEDS,
    });
    const answer = await postJson({ url: url.href, body, timeoutMs: TIMEOUT_MS });
    if (answer.kind === "none") return answer.delivery;
    if (answer.status >= 200 && answer.status < 300) return DELIVERED;
    const { message = "", retry_after: seconds } = toldIn(answer.text);
    // The header has whole seconds only.
    const retryAfterMs = seconds === undefined
      ? retryAfterOf(answer.headers, this.clock.now())
      : Math.ceil(seconds * 1_000);
    return refusal(url.host, answer.status, message, retryAfterMs);
  }
}

/** In a block of code nothing is markup, a link or a mention; only its own end has to be kept out. */
function contentOf(notice: Notice): string {
  const head = `**${headOf(notice)}**\n\`\`\`\n`, end = "\n```";
  const body = bodyOf(notice).replaceAll("`", "`\u200b");
  return head + cut(body, CONTENT_MOST - head.length - end.length) + end;
}

function toldIn(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
