import { z } from "zod";
import { Secret } from "../errors/mod.ts";

/** What is said about a setting: its meaning, and what a value must be. */
export interface SettingText {
  readonly means: string;
  readonly accepts: string;
  /** Its environment variable, where that is not made from its name. */
  readonly variable?: string;
  /** True of a value that no message may show. */
  readonly secret?: true;
}

const bps = (means: string, value: number) =>
  z.number().min(0).max(10_000).default(value).meta({ means, accepts: "basis points from 0 to 10000" });

/** The address of a service, which may hold a password. */
const address = (name: string, scheme: RegExp, text: SettingText) =>
  z.string().regex(scheme).transform((url) => new Secret(name, url)).nullable().default(null)
    .meta({ ...text, secret: true });

/** True of an address that is one, with % codes that are. */
function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url);
  } catch {
    return false;
  }
  return URL.canParse(url.replace(/^smtp/, "http"));
}

/** The address of a service that may hold a token anywhere in it. */
const hook = (name: string, form: RegExp, text: SettingText) =>
  z.string().regex(form).refine(isReadable).transform((url) => new Secret(name, url)).nullable()
    .default(null).meta({ ...text, secret: true });

/** What opens a service. */
const key = (name: string, text: SettingText) =>
  z.string().min(1).transform((value) => new Secret(name, value)).nullable().default(null)
    .meta({ ...text, secret: true });

/** The configuration: each setting with its default, its meaning and what it accepts. */
export const settingsSchema = z.strictObject({
  dataDir: z.string().min(1).default("data").meta({
    means: "folder of candles and runs",
    accepts: "the path of a folder",
  }),
  ledger: z.string().min(1).nullable().default(null).meta({
    means: "file of the trial ledger; null: ledger/trials.jsonl in the data folder",
    accepts: "the path of a file",
  }),
  exchange: z.string().regex(/^[a-z0-9][a-z0-9-]*$/).nullable().default(null).meta({
    means: "exchange whose candles are meant when none is named; null: the one that has the market",
    accepts: "an exchange in small letters, as binance",
  }),
  exchangeUrl: z.string().regex(/^https?:\/\/[^/?#\s@]+\/?$/).nullable().default(null).meta({
    means: "where an exchange is asked in place of its own hosts, as the loopback exchange; null: there",
    accepts: "an address without a path, as http://127.0.0.1:8090",
  }),
  cashQuote: z.number().positive().max(1e12).default(10_000).meta({
    means: "cash at the start of a backtest, in the quote currency",
    accepts: "a number above 0, at most 1e12",
  }),
  makerBps: bps("fee of an order that waited in the book", 10),
  takerBps: bps("fee of an order that took what was there", 10),
  slippageBps: bps("by how much a market or stop order fills worse than the price", 0),
  port: z.int().min(0).max(65_535).default(3000).meta({
    means: "port of the demo's server on 127.0.0.1",
    accepts: "a whole number from 0 (any free port) to 65535",
  }),
  journalDays: z.int().min(1).max(36_500).nullable().default(null).meta({
    means: "days after its end that a trading session's rows stay in the database; null: for ever",
    accepts: "a whole number from 1 to 36500",
  }),
  databaseUrl: address("databaseUrl", /^postgres(ql)?:\/\/\S+$/, {
    means: "PostgreSQL to use; null: one of our own, in the data folder",
    accepts: "an address, as postgres://user:password@host:5432/database",
    variable: "DATABASE_URL",
  }),
  lakeUrl: z.string().regex(/^s3:\/\/[a-z0-9]\S+$/).nullable().default(null).meta({
    means: "bucket in which the candles lie; null: the data folder",
    accepts: "an address, as s3://bucket/folder",
    variable: "LAKE_URL",
  }),
  lakeKeyId: z.string().min(1).nullable().default(null).meta({
    means: "name of the key for the lake's bucket",
    accepts: "the name of an access key",
    variable: "AWS_ACCESS_KEY_ID",
  }),
  lakeKey: key("lakeKey", {
    means: "key for the lake's bucket",
    accepts: "a secret access key",
    variable: "AWS_SECRET_ACCESS_KEY",
  }),
  lakeSession: key("lakeSession", {
    means: "token that comes with a key which is lent for a time",
    accepts: "a session token",
    variable: "AWS_SESSION_TOKEN",
  }),
  lakeRegion: z.string().regex(/^[a-z0-9-]+$/).default("us-east-1").meta({
    means: "region of the lake's bucket",
    accepts: "a region, as eu-central-1",
    variable: "AWS_REGION",
  }),
  lakeEndpoint: z.string().regex(/^https?:\/\/[^/?#\s@]+\/?$/).nullable().default(null).meta({
    means: "service that has the lake's bucket; null: Amazon's",
    accepts: "an address without a path, as https://s3.example.org",
    variable: "AWS_ENDPOINT_URL",
  }),
  lakeUrlStyle: z.enum(["path", "vhost"]).nullable().default(null).meta({
    means: "where requests name the lake's bucket; null: in the path, and in the host of Amazon's",
    accepts: "path or vhost",
    variable: "LAKE_URL_STYLE",
  }),
  lakeHttpfs: z.string().min(1).nullable().default(null).meta({
    means: "file of DuckDB's extension httpfs; null: it is downloaded when a bucket is first read",
    accepts: "the path of a file",
    variable: "LAKE_HTTPFS",
  }),
  redisUrl: address("redisUrl", /^rediss?:\/\/\S+$/, {
    means: "Redis to use; null: tables of the database",
    accepts: "an address, as redis://user:password@host:6379",
    variable: "REDIS_URL",
  }),
  notifyWebhookUrl: hook("notifyWebhookUrl", /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/, {
    means: "where notices are posted as JSON; null: nowhere",
    accepts: "an address, as https://example.org/notices",
  }),
  notifyWebhookKey: z.string().min(16).transform((value) => new Secret("notifyWebhookKey", value)).nullable()
    .default(null).meta({
      means: "key that signs what is posted; null: it is not signed",
      accepts: "at least 16 characters, as openssl rand -hex 32 gives them",
      secret: true,
    }),
  notifyTelegramToken: z.string().regex(/^\d{1,20}:[\w-]{20,100}$/)
    .transform((value) => new Secret("notifyTelegramToken", value)).nullable().default(null).meta({
      means: "token of the Telegram bot that sends notices and takes commands; null: none",
      accepts: "a token as BotFather gives it: a number, a colon, letters",
      secret: true,
    }),
  notifyTelegramChats: z.string().regex(/^-?\d{1,20}(\s*,\s*-?\d{1,20}){0,19}$/).nullable().default(null).meta({
    means: "chats that get notices, and in which commands may be given",
    accepts: "numbers of chats with commas between them, at most 20",
  }),
  notifyTelegramUsers: z.string().regex(/^\d{1,20}(\s*,\s*\d{1,20}){0,49}$/).nullable().default(null).meta({
    means: "people that may give commands; null: whoever is in a listed private chat",
    accepts: "numbers of users with commas between them, at most 50",
  }),
  notifyTelegramUrl: z.string().regex(/^https?:\/\/[^/?#\s@]+\/?$/).nullable().default(null).meta({
    means: "server of the Bot API, where you run one; null: Telegram's",
    accepts: "an address without a path, as http://127.0.0.1:8081",
  }),
  notifyDiscordUrl: hook("notifyDiscordUrl", /^https?:\/\/[^\s/?#]+\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+$/, {
    means: "webhook of a Discord channel that gets notices; null: none",
    accepts: "an address as Discord gives it: https://discord.com/api/webhooks/NUMBER/TOKEN",
  }),
  notifyMailUrl: hook("notifyMailUrl", /^smtps?:\/\/([^\s/?#@]+@)?[^\s/?#@]+\/?$/, {
    means: "mail server that sends notices: smtp with STARTTLS, smtps with TLS from the start; null: none",
    accepts: "an address, as smtp://user:password@mail.example.org:587, with % codes for what is no letter",
  }),
  notifyMailFrom: z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/).max(254).nullable().default(null).meta({
    means: "sender of the mails",
    accepts: "a mail address, as trader@example.org",
  }),
  notifyMailTo: z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+(\s*,\s*[^\s@<>,;"]+@[^\s@<>,;"]+){0,9}$/).nullable()
    .default(null).meta({
      means: "who gets the mails",
      accepts: "mail addresses with commas between them, at most 10",
    }),
  notifyMailCa: z.string().min(1).nullable().default(null).meta({
    means: "file with the certificates of who vouches for the mail server; null: those that everybody trusts",
    accepts: "the path of a file in PEM",
  }),
  watchdogBarSeconds: z.number().min(0).max(3_600).default(5).meta({
    means: "seconds that a position may lack the stop that its strategy wants, before people are told",
    accepts: "a number from 0 to 3600",
  }),
  watchdogNakedSeconds: z.number().min(0).max(86_400).default(30).meta({
    means: "seconds after which the watchdog closes a position without its stop, where nobody leads",
    accepts: "a number from 0 to 86400",
  }),
  watchdogFlattenSeconds: z.number().min(0).max(86_400).default(10).meta({
    means: "seconds that the trading process has to close positions on kill --flatten, before the watchdog may",
    accepts: "a number from 0 to 86400",
  }),
  notifyGatherSeconds: z.int().min(0).max(3_600).default(60).meta({
    means: "seconds in which notices of one kind become one message; alarms go at once",
    accepts: "a whole number from 0 to 3600",
  }),
});

/** Validated settings. */
export type Settings = z.infer<typeof settingsSchema>;

/** Names of all settings. */
export const settingNames = Object.keys(settingsSchema.shape) as (keyof Settings)[];

/** What to tell a person about a setting. */
export function settingText(name: keyof Settings): SettingText {
  return settingsSchema.shape[name].meta() as unknown as SettingText;
}
