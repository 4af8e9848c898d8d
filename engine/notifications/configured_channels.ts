// The channels that the settings name, checked as a whole before any of them is used.
import { InputError, type Secret } from "../errors/mod.ts";
import type { Settings } from "../settings/mod.ts";
import type { Clock } from "../time/mod.ts";
import type { Channel } from "./channel_lane.ts";
import { DiscordWebhook } from "./discord.ts";
import { Mailer } from "./mail.ts";
import { TelegramChat } from "./telegram.ts";
import { TELEGRAM_URL, TelegramBot } from "./telegram_bot.ts";
import { Webhook } from "./webhook.ts";

/** What the settings say of notices. */
export type NoticeSettings = Pick<
  Settings,
  | "notifyWebhookUrl"
  | "notifyWebhookKey"
  | "notifyTelegramToken"
  | "notifyTelegramChats"
  | "notifyTelegramUsers"
  | "notifyTelegramUrl"
  | "notifyDiscordUrl"
  | "notifyMailUrl"
  | "notifyMailFrom"
  | "notifyMailTo"
  | "notifyMailCa"
>;

/** Below what each service allows: 30 messages a minute for a webhook of Discord, 20 for a group of Telegram. */
const RATES = {
  webhook: { messages: 60, perMs: 60_000 },
  telegram: { messages: 15, perMs: 60_000 },
  discord: { messages: 20, perMs: 60_000 },
  mail: { messages: 10, perMs: 300_000 },
} as const;

/** Setting that stands for a channel, and those that mean nothing without it or that it cannot do without. */
const PARTS: readonly (readonly [keyof NoticeSettings, readonly (keyof NoticeSettings)[], boolean])[] = [
  ["notifyWebhookUrl", ["notifyWebhookKey"], false],
  ["notifyTelegramToken", ["notifyTelegramChats"], true],
  ["notifyTelegramToken", ["notifyTelegramUsers", "notifyTelegramUrl"], false],
  ["notifyMailUrl", ["notifyMailFrom", "notifyMailTo"], true],
  ["notifyMailUrl", ["notifyMailCa"], false],
];

/**
 * The channels; none where nothing is set.
 *
 * @throws {InputError} `notify-settings` naming what is missing beside what is set.
 */
export function configuredChannels(settings: NoticeSettings, clock: Clock): Channel[] {
  checkWhole(settings);
  const {
    notifyWebhookUrl,
    notifyWebhookKey,
    notifyDiscordUrl,
    notifyMailUrl,
    notifyMailFrom,
    notifyMailTo,
    notifyMailCa,
  } = settings;
  const channels: Channel[] = [];
  if (notifyWebhookUrl !== null) {
    const notifier = new Webhook({ url: notifyWebhookUrl, key: notifyWebhookKey, clock });
    channels.push({ name: "webhook", notifier, rate: RATES.webhook });
  }
  const telegram = telegramOf(settings, clock);
  if (telegram !== null) {
    const { bot, chats } = telegram, isOne = chats.length === 1;
    channels.push(...chats.map((chat) => ({
      name: isOne ? "telegram" : `telegram ${chat}`,
      notifier: new TelegramChat(bot, chat),
      rate: RATES.telegram,
    })));
  }
  if (notifyDiscordUrl !== null) {
    channels.push({ name: "discord", notifier: new DiscordWebhook(notifyDiscordUrl, clock), rate: RATES.discord });
  }
  if (notifyMailUrl !== null) {
    const recipients = listOf(notifyMailTo), isOne = recipients.length === 1;
    const options = { url: notifyMailUrl, from: notifyMailFrom!, ca: certificates(notifyMailCa) };
    channels.push(...recipients.map((to) => ({
      name: isOne ? "mail" : `mail ${to}`,
      notifier: new Mailer({ ...options, to }),
      rate: RATES.mail,
    })));
  }
  return channels;
}

/** The bot with its chats, and the people that may command it; null where none is set. */
export function telegramOf(settings: NoticeSettings, clock: Clock) {
  const { notifyTelegramToken: token, notifyTelegramChats, notifyTelegramUsers, notifyTelegramUrl } = settings;
  if (token === null) return null;
  const bot = new TelegramBot(token, notifyTelegramUrl ?? TELEGRAM_URL, clock);
  return { bot, chats: listOf(notifyTelegramChats), users: listOf(notifyTelegramUsers) };
}

/** Hosts with ports that the channels reach, as permissions name them. */
export function channelHosts(settings: NoticeSettings): string[] {
  const { notifyWebhookUrl, notifyTelegramToken, notifyTelegramUrl, notifyDiscordUrl, notifyMailUrl } = settings;
  const urls = [
    ...[notifyWebhookUrl, notifyDiscordUrl, notifyMailUrl].flatMap((url) => url === null ? [] : [url.reveal()]),
    ...(notifyTelegramToken === null ? [] : [notifyTelegramUrl ?? TELEGRAM_URL]),
  ];
  return urls.map((text) => {
    const { protocol, hostname, port } = new URL(text.replace(/^smtp/i, "http"));
    const usual = /^smtp:/i.test(text) ? 587 : /^smtps:/i.test(text) ? 465 : protocol === "https:" ? 443 : 80;
    return `${hostname}:${port === "" ? usual : port}`;
  });
}

function listOf(text: string | null): string[] {
  return text === null ? [] : [...new Set(text.split(",").map((part) => part.trim()))];
}

function certificates(path: string | null): string | null {
  if (path === null) return null;
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const message = `notifyMailCa: ${path} cannot be read (${(cause as Error).message}): name a file in PEM`;
    throw new InputError("notify-settings", message, { cause });
  }
}

function checkWhole(settings: NoticeSettings): void {
  const isSet = (name: keyof NoticeSettings): boolean => (settings[name] as Secret | string | null) !== null;
  for (const [main, others, areNeeded] of PARTS) {
    for (const other of others) {
      if (isSet(other) && !isSet(main)) {
        throw new InputError("notify-settings", `${other} is set without ${main}: set both, or neither`);
      }
      if (areNeeded && isSet(main) && !isSet(other)) {
        throw new InputError("notify-settings", `${main} is set without ${other}: set both, or neither`);
      }
    }
  }
}
