// Messages to the bot as Telegram tells them, of which only what is asked for here is read.
import { z } from "zod";

const messageSchema = z.looseObject({
  date: z.int().nonnegative(),
  chat: z.looseObject({ id: z.int(), type: z.string() }),
  /** Absent in channels. */
  from: z.looseObject({ id: z.int() }).optional(),
  /** Present where somebody speaks for a chat, so that nobody knows who. */
  sender_chat: z.unknown().optional(),
  /** Present where it was said by somebody else, somewhere else, at another time. */
  forward_origin: z.unknown().optional(),
  forward_date: z.unknown().optional(),
  via_bot: z.unknown().optional(),
  text: z.string().optional(),
});

const updateSchema = z.looseObject({ update_id: z.int().nonnegative(), message: z.unknown().optional() });

/** A message to the bot. */
export interface BotMessage {
  readonly updateId: number;
  readonly chatId: string;
  /** A conversation of one person with the bot. */
  readonly isPrivate: boolean;
  /** Null where nobody knows who said it. */
  readonly userId: string | null;
  readonly saidAtMs: number;
  /** Said here by its author, not handed on. */
  readonly isOwn: boolean;
  readonly text: string;
}

/** An update, with null for one that holds no message of text. */
export interface BotUpdate {
  readonly updateId: number;
  readonly message: BotMessage | null;
}

/** The updates in their order; null where that is no list of updates. */
export function updatesOf(result: unknown): BotUpdate[] | null {
  const parsed = z.array(updateSchema).safeParse(result);
  if (!parsed.success) return null;
  return parsed.data.map(({ update_id: updateId, message }) => ({ updateId, message: messageOf(updateId, message) }))
    .sort((a, b) => a.updateId - b.updateId);
}

function messageOf(updateId: number, message: unknown): BotMessage | null {
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success || parsed.data.text === undefined) return null;
  const { date, chat, from, sender_chat, forward_origin, forward_date, via_bot, text } = parsed.data;
  return {
    updateId,
    chatId: `${chat.id}`,
    isPrivate: chat.type === "private",
    userId: from === undefined || sender_chat !== undefined ? null : `${from.id}`,
    saidAtMs: date * 1_000,
    isOwn: forward_origin === undefined && forward_date === undefined && via_bot === undefined,
    text,
  };
}
