import type { Notice } from "./notice.ts";
import { bodyOf, cut, headOf } from "./notice_text.ts";
import { DELIVERED, type Delivery, type Notifier } from "./notifier.ts";
import type { TelegramBot } from "./telegram_bot.ts";

const TIMEOUT_MS = 10_000;
/** Telegram's limit of a message. */
const TEXT_MOST = 4_096;

/** Sends notices to one chat of Telegram. */
export class TelegramChat implements Notifier {
  constructor(readonly bot: TelegramBot, readonly chatId: string) {}

  send(notice: Notice): Promise<Delivery> {
    const head = headOf(notice);
    return this.say(bodyOf(notice), head);
  }

  /** Says a text that is only shown: nothing in it is markup, a link, a mention or a command that a finger can hit. */
  async say(text: string, head = ""): Promise<Delivery> {
    const start = head === "" ? "" : `${head}\n`, body = cut(text, TEXT_MOST - start.length);
    const answer = await this.bot.call("sendMessage", {
      chat_id: this.chatId,
      text: start + body,
      entities: [
        ...(head === "" ? [] : [{ type: "bold", offset: 0, length: head.length }]),
        { type: "pre", offset: start.length, length: body.length },
      ],
      link_preview_options: { is_disabled: true },
    }, TIMEOUT_MS);
    return answer.kind === "result" ? DELIVERED : answer.delivery;
  }
}
