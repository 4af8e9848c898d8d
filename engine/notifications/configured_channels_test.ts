import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { resolveSettings } from "../settings/mod.ts";
import { systemClock } from "../time/mod.ts";
import { channelHosts, configuredChannels, telegramOf } from "./configured_channels.ts";

const of = (content: Record<string, unknown>) => resolveSettings({ file: { path: "settings.json", content } }).values;
const ALL = {
  notifyWebhookUrl: "http://hooks.example.org:8080/x?token=canary",
  notifyWebhookKey: "canary-canary-canary",
  notifyTelegramToken: "123456:AAHcanaryTOKEN_canaryTOKEN_canary12",
  notifyTelegramChats: "42, -1001",
  notifyTelegramUsers: "42,43",
  notifyDiscordUrl: "https://discord.com/api/webhooks/9/canary",
  notifyMailUrl: "smtps://me:can%40ary@mail.example.org",
  notifyMailFrom: "trader@example.org",
  notifyMailTo: "a@example.org, b@example.org",
};

Deno.test("the settings name the channels, one for each chat and recipient, and the hosts that they reach; none of them is shown", () => {
  const settings = of(ALL);
  assert.deepEqual(configuredChannels(settings, systemClock).map(({ name }) => name), [
    "webhook",
    "telegram 42",
    "telegram -1001",
    "discord",
    "mail a@example.org",
    "mail b@example.org",
  ]);
  assert.deepEqual(channelHosts(settings), [
    "hooks.example.org:8080",
    "discord.com:443",
    "mail.example.org:465",
    "api.telegram.org:443",
  ]);
  assert.deepEqual(telegramOf(settings, systemClock)?.users, ["42", "43"]);
  assert.doesNotMatch(JSON.stringify(settings) + Deno.inspect(settings, { depth: 9 }), /canary/);
  assert.deepEqual([configuredChannels(of({}), systemClock), channelHosts(of({}))], [[], []]);
  const own = of({ notifyTelegramToken: ALL.notifyTelegramToken, notifyTelegramUrl: "http://127.0.0.1:8081" });
  assert.deepEqual(channelHosts(own), ["127.0.0.1:8081"]);
  assert.deepEqual(channelHosts(of({ notifyMailUrl: "smtp://[::1]" })), ["[::1]:587"]);
});

Deno.test("half of a channel is told with the other half", () => {
  const refused = (content: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => configuredChannels(of(content), systemClock), (error) => {
      assert(error instanceof InputError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /canary/);
      return true;
    });
  const { notifyTelegramToken, notifyMailUrl, notifyMailFrom } = ALL;
  refused({ notifyTelegramToken }, /^notifyTelegramToken is set without notifyTelegramChats: set both, or neither$/);
  refused({ notifyTelegramUsers: "1" }, /^notifyTelegramUsers is set without notifyTelegramToken/);
  refused({ notifyWebhookKey: ALL.notifyWebhookKey }, /^notifyWebhookKey is set without notifyWebhookUrl/);
  refused({ notifyMailUrl, notifyMailFrom }, /^notifyMailUrl is set without notifyMailTo/);
  refused({ ...ALL, notifyMailCa: "/no/such/file" }, /^notifyMailCa: \/no\/such\/file cannot be read/);
});

Deno.test("a setting that is none is told with what it accepts, without showing it", () => {
  const wrong: Record<string, string> = {
    notifyWebhookUrl: "https://me:canary@host/",
    notifyWebhookKey: "canary-short",
    notifyTelegramToken: "canary",
    notifyDiscordUrl: "https://discord.com/api/canary",
    notifyMailUrl: "smtp://me:ca%nary@host",
    notifyTelegramChats: "42;canary",
    notifyMailTo: "a@example.org\r\nBcc: canary@example.org",
    notifyMailFrom: "Me <canary@example.org>",
  };
  for (const [name, value] of Object.entries(wrong)) {
    assert.throws(() => of({ [name]: value }), (error) => {
      assert(error instanceof InputError);
      assert.match(error.message, new RegExp(`cannot be ${name}, which accepts `));
      if (!/Chats|To|From/.test(name)) assert.doesNotMatch(error.message, /canary/);
      return true;
    });
  }
});
