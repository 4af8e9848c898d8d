// Commands that come back over Telegram: who may give them, how old they may be, and that each is done at most once.
import { z } from "zod";
import { CodedError } from "../errors/mod.ts";
import type { Clock, Timer } from "../time/mod.ts";
import { cleanLine, cleanText, cut } from "./notice_text.ts";
import { deliveryText } from "./notifier.ts";
import { addresseeOf, COMMAND_HELP, commandOf, type CommandSink, type OperatorCommand } from "./operator_command.ts";
import { TelegramChat } from "./telegram.ts";
import type { TelegramBot } from "./telegram_bot.ts";
import { type BotMessage, updatesOf } from "./telegram_update.ts";
import type { UpdateOffset } from "./update_offset.ts";

/** An older command is refused: whoever gave it saw another state of things. */
export const COMMAND_AGE_MOST_MS = 60_000;
/** How long Telegram holds a question open; and how much longer we do. */
const POLL_SECONDS = 25, POLL_GRACE_MS = 10_000;
/** How long the bot's name may take, and after what time it is asked for again: commands wait for it so long. */
const NAME_MS = 5_000, NAME_PAUSE_MS = 60_000;
const FIRST_PAUSE_MS = 1_000, LONGEST_PAUSE_MS = 60_000;
/** A command that has not ended by then is answered without its end. */
const COMMAND_MS = 10_000;
/** Commands that wait for those before them; beyond, they are refused. A kill never waits. */
const WAITING_MOST = 8;
/** Strangers that are told of once; of further ones nothing is said any more. */
const STRANGERS_MOST = 1_000;
/** Updates of one answer. */
const UPDATES_MOST = 100;

const nameSchema = z.looseObject({ username: z.string() });

/** What it needs. */
export interface TelegramCommandsOptions {
  readonly bot: TelegramBot;
  /** Chats in which commands may be given. */
  readonly chats: ReadonlySet<string>;
  /** People who may give them. With none, each person in a private chat that is listed. */
  readonly users: ReadonlySet<string>;
  readonly sink: CommandSink;
  readonly offset: UpdateOffset;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly note: (sentence: string) => void;
  /** Hears once of each stranger who has tried. */
  readonly onStranger: (sentence: string) => void;
}

/** Hears what is said to the bot, and hands on what is a command of somebody who may give it. */
export class TelegramCommands {
  readonly #strangers = new Set<string>();
  /** The bot's own, in lower case; null until Telegram has told it. */
  #name: string | null = null;
  #nameAskedMs = -Infinity;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #failures = 0;
  readonly #answers = new Set<Promise<void>>();

  constructor(readonly options: TelegramCommandsOptions) {}

  /**
   * Listens until it is stopped.
   *
   * @throws {CodedError} `telegram-token` where Telegram does not know the bot: asking again would not help.
   */
  async listen(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#learnName(stop);
      const pauseMs = await this.#poll(stop);
      if (pauseMs > 0 && !stop.aborted) await this.options.timer.wait(pauseMs, stop).catch(() => {});
    }
    await Promise.all([this.#last, ...this.#answers]);
  }

  /** Asks for the bot's name where it is not known. A failure is nothing to end for: what is wrong, the next poll tells. */
  async #learnName(stop: AbortSignal): Promise<void> {
    const nowMs = this.options.clock.now(), sinceMs = Math.abs(nowMs - this.#nameAskedMs); // clocks are set back, too
    // While nothing is heard either no command waits for it, and the name is known before the first one comes.
    if (stop.aborted || this.#name !== null || (this.#failures === 0 && sinceMs < NAME_PAUSE_MS)) return;
    this.#nameAskedMs = nowMs;
    const answer = await this.options.bot.call("getMe", {}, NAME_MS, stop);
    const told = nameSchema.safeParse(answer.kind === "result" ? answer.result : null);
    if (told.success) this.#name = told.data.username.toLowerCase();
  }

  /** Asks once; gives how long to rest before the next time. */
  async #poll(stop: AbortSignal): Promise<number> {
    const { bot, offset, clock, note } = this.options, next = offset.next(clock.now());
    const asked = {
      ...(next === null ? {} : { offset: next }),
      ...{ limit: UPDATES_MOST, timeout: POLL_SECONDS, allowed_updates: ["message"] },
    };
    const answer = await bot.call("getUpdates", asked, POLL_SECONDS * 1_000 + POLL_GRACE_MS, stop);
    if (stop.aborted && answer.kind === "none") return 0;
    const updates = answer.kind === "result" ? updatesOf(answer.result) : null;
    if (updates === null) {
      const problem = answer.kind === "none"
        ? answer.delivery
        : { kind: "unknown" as const, reason: "no list of updates" };
      if (problem.kind === "refused" && /^http-(401|404)$/.test(problem.code)) {
        throw new CodedError("telegram-token", `Telegram does not know this bot (${problem.reason}): mend its token`);
      }
      if (this.#failures === 0) note(`telegram commands: ${deliveryText(problem)}; trying again`);
      const restMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 10));
      return Math.max(restMs, Math.min(problem.retryAfterMs ?? 0, 10 * LONGEST_PAUSE_MS));
    }
    if (this.#failures > 0) note("telegram commands: heard again");
    this.#failures = 0;
    for (const { updateId, message } of updates.slice(0, UPDATES_MOST)) {
      if (offset.hasSeen(updateId, clock.now())) continue;
      await this.#hear(updateId, message);
    }
    return 0;
  }

  async #hear(updateId: number, message: BotMessage | null): Promise<void> {
    const by = message === null ? null : this.#allowed(message);
    if (message === null || by === null) return void await this.#seen(updateId);
    const addressee = addresseeOf(message.text), isOurs = addressee === null || addressee.toLowerCase() === this.#name;
    if (!isOurs && this.#name !== null) return void await this.#seen(updateId);
    const ageMs = this.options.clock.now() - message.saidAtMs, command = commandOf(message.text);
    const chat = new TelegramChat(this.options.bot, message.chatId);
    const isLate = Math.abs(ageMs) > COMMAND_AGE_MOST_MS;
    // Before a kill nothing is written that could fail; done twice it is what it was. Where the bot's name is not known one
    // for another bot is done too: a kill too many is the safe side.
    if (command?.kind === "kill" && message.isOwn && !isLate) {
      const done = this.#do({ ...command, by });
      await this.#seen(updateId);
      return this.#answer(chat, await done);
    }
    const isKept = await this.#seen(updateId);
    if (command === null) return isOurs && message.text.startsWith("/") ? this.#answer(chat, COMMAND_HELP) : undefined;
    if (!message.isOwn) return this.#answer(chat, `${command.kind} was handed on from elsewhere: refused.`);
    if (isLate) return this.#answer(chat, lateText(command.kind, ageMs));
    if (!isOurs) {
      const why = "this bot has not learned its name yet, and another one may be meant";
      return this.#answer(chat, `${command.kind} is refused: ${why}. Say it without @${addressee}.`);
    }
    if (!isKept) return this.#answer(chat, `${command.kind} is refused: it cannot be noted, and might be done twice.`);
    if (this.#waiting >= WAITING_MOST) {
      return this.#answer(chat, `${command.kind} is refused: ${WAITING_MOST} others wait.`);
    }
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      this.#answer(chat, await this.#do({ ...command, by }));
      this.#waiting--;
    });
  }

  /** Who it is, as the audit chain names them; null of a stranger, who gets no answer and is told of once. */
  #allowed({ chatId, userId, isPrivate }: BotMessage): string | null {
    const { chats, users, onStranger } = this.options;
    const isKnown = userId !== null && (users.size === 0 ? isPrivate && userId === chatId : users.has(userId));
    if (chats.has(chatId) && isKnown) return `telegram user ${userId} in chat ${chatId}`;
    const stranger = `user ${userId ?? "unknown"} in chat ${chatId}`;
    if (!this.#strangers.has(stranger) && this.#strangers.size < STRANGERS_MOST) {
      this.#strangers.add(stranger);
      onStranger(`telegram: ${stranger} has written to the bot and is not among those who may give commands`);
    }
    return null;
  }

  /** True where the disk has it. */
  async #seen(updateId: number): Promise<boolean> {
    const { offset, clock, note } = this.options;
    try {
      await offset.note(updateId, clock.now());
      return true;
    } catch (error) {
      note(`telegram commands: ${offset.path} cannot be written: ${(error as Error).message}`);
      return false;
    }
  }

  async #do(command: OperatorCommand): Promise<string> {
    const { sink, timer, note } = this.options, over = new AbortController(), { kind, by } = command;
    note(`${by}: ${cleanLine(`${kind} ${command.autopilot ?? ""}`)}`);
    const late = timer.wait(COMMAND_MS, over.signal)
      .then(() => `${kind} has not ended in ${COMMAND_MS / 1_000} s: ask /status.`, () => "");
    try {
      return await Promise.race([sink.handle(command), late]);
    } catch (error) {
      return `${kind} has failed: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      over.abort();
    }
  }

  /** Answers beside the listening, once: an answer is no notice. */
  #answer(chat: TelegramChat, text: string): void {
    const said = chat.say(cut(cleanText(text), 4_000)).then((delivery) => {
      if (delivery.kind !== "done") this.options.note(`telegram commands: no answer given: ${delivery.reason}`);
    }).finally(() => this.#answers.delete(said));
    this.#answers.add(said);
  }
}

function lateText(kind: string, ageMs: number): string {
  const seconds = Math.round(Math.abs(ageMs) / 1_000);
  return ageMs > 0
    ? `${kind} is refused: it was said ${seconds} s ago, and what was meant then may be wrong now. Say it again.`
    : `${kind} is refused: by this machine's clock it comes ${seconds} s from the future. Set the clock.`;
}
