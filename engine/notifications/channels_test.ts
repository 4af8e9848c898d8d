// Every channel against a server that speaks its service's dialect, on loopback.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../errors/mod.ts";
import { resolveSettings } from "../settings/mod.ts";
import { DiscordServer } from "../testing/discord_server.ts";
import { HookServer } from "../testing/hook_server.ts";
import { SmtpServer } from "../testing/smtp_server.ts";
import { TelegramServer } from "../testing/telegram_server.ts";
import { systemClock, systemTimer, type TimestampMs } from "../time/mod.ts";
import { configuredChannels } from "./configured_channels.ts";
import { DiscordWebhook } from "./discord.ts";
import { Mailer } from "./mail.ts";
import type { Notice } from "./notice.ts";
import { NotificationDesk } from "./notification_desk.ts";
import { DELIVERED } from "./notifier.ts";
import { TelegramChat } from "./telegram.ts";
import { TelegramBot } from "./telegram_bot.ts";
import { Webhook } from "./webhook.ts";

const AT = 1_800_000_000_000 as TimestampMs;
const NOTICE: Notice = {
  severity: "alarm",
  kind: "process-down",
  title: "worker stays down",
  text: "It ended with status 1.\nMend what it says, and start again.",
  atMs: AT,
  subject: "worker",
};
/** Texts that try to be more than text. */
const HOSTILE: Notice = {
  ...NOTICE,
  kind: "x\r\nBcc: everybody@example.org",
  title: "*bold* [link](https://evil.example) @everyone <@&1> /kill\r\nBcc: thief@example.org\r\n\r\nnew body",
  text:
    "```\n**out** of the block @here\n```\n\u202egnp.exe\n.\r\nQUIT\r\nMAIL FROM:<x@y>\u0000\ud800 <b>html</b> &amp;",
  subject: "a\nb",
};
const LONG: Notice = { ...NOTICE, text: "😀".repeat(25_000) + "the end" };
const TOKEN = "123456:AAHcanaryTOKEN_canaryTOKEN_canary12", PASSWORD = "canary/p@ss w0rd";

async function onTelegram(work: (chat: TelegramChat, server: TelegramServer) => Promise<void>): Promise<void> {
  const server = new TelegramServer(TOKEN, [42]);
  const bot = new TelegramBot(new Secret("notifyTelegramToken", TOKEN), server.url, systemClock);
  await work(new TelegramChat(bot, "42"), server).finally(() => server.close());
}

async function onDiscord(work: (channel: DiscordWebhook, server: DiscordServer) => Promise<void>): Promise<void> {
  const server = new DiscordServer("99", "canary-Discord-token");
  const channel = new DiscordWebhook(new Secret("notifyDiscordUrl", server.url), systemClock);
  await work(channel, server).finally(() => server.close());
}

async function onHook(
  key: string | null,
  work: (hook: Webhook, server: HookServer) => Promise<void>,
  given = key,
): Promise<void> {
  const server = new HookServer(key), url = new Secret("notifyWebhookUrl", server.url);
  const hook = new Webhook({ url, key: given === null ? null : new Secret("key", given), clock: systemClock });
  await work(hook, server).finally(() => server.close());
}

async function onMail(
  work: (mailer: Mailer, server: SmtpServer, mailerTo: (url: string, ca?: string | null) => Mailer) => Promise<void>,
  options: { readonly offersTls?: boolean; readonly sizeMost?: number } = {},
): Promise<void> {
  const recipients = ["owner@example.org", "second@example.org"], to = recipients[0]!;
  const server = await SmtpServer.start({ user: "trader", password: PASSWORD, recipients, ...options });
  const mailerTo = (url: string, ca: string | null = server.certificate.cert) =>
    new Mailer({ url: new Secret("notifyMailUrl", url), from: "trader@example.org", to, ca });
  const mailer = mailerTo(`smtp://trader:${encodeURIComponent(PASSWORD)}@localhost:${server.port}`);
  await work(mailer, server, mailerTo).finally(() => server.close());
}

Deno.test("a webhook gets all of a notice as JSON, signed, with one id however often it is sent", () =>
  onHook("a key of sixteen or more", async (hook, server) => {
    assert.deepEqual([await hook.send(NOTICE), await hook.send(NOTICE)], [DELIVERED, DELIVERED]);
    const { id, at, ...told } = server.taken[0]!;
    assert.deepEqual(told, { ...NOTICE });
    assert.equal(at, "2027-01-15T08:00:00Z");
    assert.equal(server.taken[1]!.id, id);
    await hook.send({ ...NOTICE, subject: "worker 2" });
    assert.notEqual(server.taken[2]!.id, id);
  }));

Deno.test("a receiver with another key refuses, which is final and told without what it has answered", () =>
  onHook("a key of sixteen or more", async (hook, server) => {
    const delivery = await hook.send(NOTICE);
    assert.deepEqual(delivery, {
      kind: "refused",
      code: "http-401",
      reason: `${new URL(server.url).host} answered 401`,
    });
    assert.deepEqual([server.forged, server.taken.length], [1, 0]);
  }, "another key of sixteen letters"));

Deno.test("a webhook that is busy says when to come again, in seconds or as a date; one that fails may have taken it", () =>
  onHook(null, async (hook, server) => {
    const later = new Date(Date.now() + 90_000).toUTCString();
    server.failures.push({ status: 429, headers: { "retry-after": "7" } }, { status: 429 });
    server.failures.push({ status: 503, headers: { "retry-after": later } }, { status: 500 });
    server.failures.push({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
    const busy = await hook.send(NOTICE);
    assert.deepEqual([busy.kind, (busy as { code: string }).code, busy.retryAfterMs], [
      "refused",
      "rate-limited",
      7_000,
    ]);
    assert.equal((await hook.send(NOTICE)).retryAfterMs, undefined);
    const closed = await hook.send(NOTICE);
    assert.equal(closed.kind, "unknown");
    assert.ok(closed.retryAfterMs! > 85_000 && closed.retryAfterMs! <= 90_000, `${closed.retryAfterMs}`);
    assert.equal((await hook.send(NOTICE)).kind, "unknown");
    const moved = await hook.send(NOTICE);
    assert.deepEqual(
      [moved.kind, (moved as { code: string }).code],
      ["refused", "http-302"],
      "no redirect is followed",
    );
  }));

Deno.test("where nobody listens nothing was sent, and no address is told with its path", async () => {
  const gone = new HookServer(null), url = `${gone.url}?canary=secret-in-the-address`;
  await gone.close();
  const hook = new Webhook({ url: new Secret("notifyWebhookUrl", url), key: null, clock: systemClock });
  assert.deepEqual(await hook.send(NOTICE), { kind: "notSent", reason: `${new URL(url).host} cannot be reached` });
});

Deno.test("Telegram shows a notice with its head in bold and the rest set apart", () =>
  onTelegram(async (chat, server) => {
    assert.deepEqual(await chat.send(NOTICE), DELIVERED);
    const [{ chatId, text, entities }] = server.messages as [typeof server.messages[0]];
    assert.equal(chatId, "42");
    assert.equal(
      text,
      "ALARM process-down\nworker stays down\n2027-01-15T08:00:00Z worker\n\n" +
        "It ended with status 1.\nMend what it says, and start again.",
    );
    assert.deepEqual(entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]), [
      ["bold", "ALARM process-down"],
      ["pre", text.slice("ALARM process-down\n".length)],
    ]);
  }));

Deno.test("in Telegram a hostile text is inside the block as it is: no markup, no mention, no command to press", () =>
  onTelegram(async (chat, server) => {
    assert.deepEqual(await chat.send(HOSTILE), DELIVERED);
    const [{ text, entities }] = server.messages as [typeof server.messages[0]];
    const [bold, block] = entities as [typeof entities[0], typeof entities[0]];
    assert.equal(text.slice(0, bold.length), "ALARM x-Bcc-everybody-example-org");
    assert.deepEqual([block.type, block.offset + block.length], ["pre", text.length]);
    assert.ok(block.offset < text.indexOf("/kill") && block.offset < text.indexOf("@everyone"));
    for (const hidden of ["\u0000", "\u202e", "\ud800"]) assert.ok(!text.includes(hidden));
    assert.equal(server.messages.length, 1);
  }));

Deno.test("a text of 100 kB is cut to each service's limit, between letters, and says so", async () => {
  const END = "… (the rest is left out)";
  await onTelegram(async (chat, server) => {
    assert.deepEqual(await chat.send(LONG), DELIVERED);
    const { text } = server.messages[0]!;
    assert.ok(text.length > 4_090 && text.length <= 4_096 && text.endsWith(END) && text.isWellFormed());
  });
  await onDiscord(async (channel, server) => {
    assert.deepEqual(await channel.send(LONG), DELIVERED);
    assert.ok(server.messages[0]!.length > 1_990 && server.messages[0]!.endsWith(`${END}\n\`\`\``));
  });
  await onHook(null, async (hook, server) => {
    assert.deepEqual(await hook.send(LONG), DELIVERED);
    const text = server.taken[0]!.text as string;
    assert.ok(text.endsWith(END) && new TextEncoder().encode(JSON.stringify(server.taken[0])).length < 65_536);
  });
  await onMail(async (mailer, server) => {
    assert.deepEqual(await mailer.send(LONG), DELIVERED);
    assert.ok(server.mails[0]!.data.length < 300_000);
  });
});

Deno.test("Telegram's refusals are told by what may be done next, and never with the token", () =>
  onTelegram(async (chat, server) => {
    const bot = chat.bot, host = new URL(server.url).host;
    assert.deepEqual(await new TelegramChat(bot, "43").send(NOTICE), {
      kind: "refused",
      code: "http-400",
      reason: `${host} answered 400: Bad Request: chat not found`,
    });
    server.failures.push({ status: 429, body: { ok: false, error_code: 429, parameters: { retry_after: 3 } } });
    assert.equal((await chat.send(NOTICE)).retryAfterMs, 3_000);
    server.failures.push({ status: 502, body: "<html>bad gateway</html>" }, {
      status: 200,
      body: "<html>sign in</html>",
    });
    assert.equal((await chat.send(NOTICE)).kind, "unknown");
    assert.equal((await chat.send(NOTICE)).kind, "unknown", "a page of a proxy is no answer of Telegram's");
    const description = `Forbidden: bot ${TOKEN} was blocked`;
    server.failures.push({ status: 403, body: { ok: false, error_code: 403, description } });
    const blocked = await chat.send(NOTICE);
    assert.deepEqual([blocked.kind, (blocked as { code: string }).code], ["refused", "http-403"]);
    assert.doesNotMatch(JSON.stringify(blocked), /canary/);
    const stranger = new TelegramBot(new Secret("token", "123456:another-token-of-nobody"), server.url, systemClock);
    assert.equal(((await new TelegramChat(stranger, "42").send(NOTICE)) as { code: string }).code, "http-401");
  }));

Deno.test("in Discord nothing of a hostile text leaves its block, and nobody is mentioned", () =>
  onDiscord(async (channel, server) => {
    assert.deepEqual(await channel.send(HOSTILE), DELIVERED);
    const [message] = server.messages as [string];
    assert.match(message, /^\*\*ALARM x-Bcc-everybody-example-org\*\*\n```\n/);
    assert.deepEqual([...message.matchAll(/```/g)].map(({ index }) => index), [
      message.indexOf("```"),
      message.length - 3,
    ]);
  }));

Deno.test("Discord's limit is told to the millisecond, a webhook that is gone is final, its failures are not", () =>
  onDiscord(async (channel, server) => {
    server.limit = { messages: 1, perMs: 400 };
    await channel.send(NOTICE);
    const { retryAfterMs, ...limited } = await channel.send(NOTICE);
    assert.equal((limited as { code: string }).code, "rate-limited");
    assert.ok(retryAfterMs! > 0 && retryAfterMs! <= 400, `${retryAfterMs}`);
    server.failures.push(500);
    assert.equal((await channel.send(NOTICE)).kind, "unknown");
    const gone = new DiscordWebhook(new Secret("url", `${server.url}x`), systemClock);
    const delivery = await gone.send(NOTICE);
    assert.equal((delivery as { code: string }).code, "http-404");
    assert.doesNotMatch(JSON.stringify(delivery), /canary/);
  }));

Deno.test("a desk comes again when Discord and Telegram say so, not before, and everything arrives", () =>
  onDiscord((discord, server) =>
    onTelegram(async (telegram, bots) => {
      server.limit = { messages: 2, perMs: 1_500 };
      server.failures.push(500);
      bots.perSecond = 3;
      const rate = { messages: 1_000, perMs: 1_000 }, notes: string[] = [];
      const desk = new NotificationDesk([
        { name: "discord", notifier: discord, rate },
        { name: "telegram", notifier: telegram, rate },
      ], { clock: systemClock, timer: systemTimer, windowMs: 0, note: (line) => notes.push(line), secrets: [] });
      for (const subject of ["a", "b", "c", "d"]) void desk.send({ ...NOTICE, subject });
      await desk.close(20_000);
      assert.deepEqual(desk.states.map(({ delivered, lost }) => [delivered, lost]), [[4, 0], [4, 0]]);
      for (const [i, subject] of ["a", "b", "c", "d"].entries()) {
        assert.match(server.messages[i]!, new RegExp(`Z ${subject}$`, "m"));
        assert.match(bots.messages[i]!.text, new RegExp(`Z ${subject}$`, "m"));
      }
      assert.equal(server.tooSoon, 0);
      assert.match(notes.join("\n"), /^discord: \S+ answered 500: Internal Server Error; trying again$/m);
      assert.doesNotMatch(notes.join("\n"), /canary/);
    })
  ));

Deno.test("a mail goes over STARTTLS with its password, or over TLS from the start", () =>
  onMail(async (mailer, server, mailerTo) => {
    assert.deepEqual(await mailer.send(NOTICE), DELIVERED);
    const secure = mailerTo(`smtps://trader:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.securePort}`);
    assert.deepEqual(await secure.send(NOTICE), DELIVERED);
    assert.deepEqual(server.commands.slice(0, 4).map((command) => command.split(" ")[0]), [
      ...["EHLO", "STARTTLS", "EHLO", "AUTH"],
    ]);
    for (const { data, ...envelope } of server.mails) {
      const to = ["owner@example.org"];
      assert.deepEqual(envelope, { from: "trader@example.org", to, isTls: true, user: "trader" });
      assert.match(data, /^Subject: ALARM process-down: worker stays down\r$/m);
      assert.match(data, /^Date: Fri, 15 Jan 2027 08:00:00 \+0000\r$/m);
      assert.match(data, /^Auto-Submitted: auto-generated\r$/m);
      assert.match(data, /^X-Priority: 1 \(Highest\)\r$/m);
      assert.ok(data.endsWith("It ended with status 1.\r\nMend what it says, and start again.\r\n"), data);
    }
    const id = (data: string) => /^Message-ID: (.*)\r$/mi.exec(data)![1];
    assert.equal(id(server.mails[0]!.data), id(server.mails[1]!.data));
  }));

Deno.test("a hostile subject is one header line, and a dot alone ends no mail", () =>
  onMail(async (mailer, server) => {
    assert.deepEqual(await mailer.send(HOSTILE), DELIVERED);
    const [{ data, to }] = server.mails as [typeof server.mails[0]];
    const [head, ...body] = data.split("\r\n\r\n") as [string, ...string[]];
    assert.equal(server.mails.length, 1);
    assert.deepEqual(to, ["owner@example.org"]);
    assert.doesNotMatch(head, /^(bcc|cc):/mi);
    assert.match(head.replaceAll(/\r\n[ \t]/g, " "), /^Content-Type: text\/plain; charset=utf-8$/mi);
    assert.ok(!server.commands.some((command) => /x@y/.test(command)), "a line of the text was taken for a command");
    const encoding = /^Content-Transfer-Encoding: (.*)$/mi.exec(head)![1]!.trim();
    const text = body.join("\r\n\r\n");
    const shown = encoding === "base64" ? new TextDecoder().decode(Uint8Array.fromBase64(text)) : text;
    assert.match(shown, /QUIT/);
  }));

Deno.test("a mail server's refusals are final or for now, by its code, and never show the password", () =>
  onMail(async (mailer, server, mailerTo) => {
    server.refusals.push({ at: "MAIL", reply: "451 4.7.1 greylisted, come again" });
    assert.deepEqual(await mailer.send(NOTICE), {
      kind: "notSent",
      reason: "localhost refused: 451 4.7.1 greylisted, come again",
    });
    server.refusals.push({ at: "DATA", reply: "554 5.7.1 this is spam" });
    assert.deepEqual(await mailer.send(NOTICE), {
      kind: "refused",
      code: "smtp-554",
      reason: "localhost refused: 554 5.7.1 this is spam",
    });
    server.refusals.push({ at: "DATA", reply: "hang up" });
    assert.equal((await mailer.send(NOTICE)).kind, "unknown", "the mail may have been taken before the line broke");
    const wrong = await mailerTo(`smtp://trader:canary-wrong@localhost:${server.port}`).send(NOTICE);
    assert.deepEqual(wrong, {
      kind: "refused",
      code: "smtp-535",
      reason: "localhost refused: 535 5.7.8 credentials are not valid",
    });
    assert.deepEqual(server.mails, []);
  }));

Deno.test("a mail server that says nothing is left in time", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 }), lines: Deno.Conn[] = [];
  void (async () => {
    for await (const line of silent) lines.push(line);
  })();
  const url = new Secret("notifyMailUrl", `smtp://trader:canary@127.0.0.1:${(silent.addr as Deno.NetAddr).port}`);
  const mailer = new Mailer({ url, from: "a@example.org", to: "b@example.org", ca: null, timeoutMs: 50 });
  assert.deepEqual(await mailer.send(NOTICE), {
    kind: "unknown",
    reason: "127.0.0.1 is not reached as a mail server: it did not end in 0.05 s",
  });
  silent.close();
  for (const line of lines) line.close();
});

Deno.test("no password leaves without TLS, and none to a server whose certificate nobody trusts", () =>
  onMail(async (_, server, mailerTo) => {
    const untrusted = await mailerTo(`smtp://trader:canary@localhost:${server.port}`, null).send(NOTICE);
    assert.match(
      (untrusted as { reason: string }).reason,
      /^localhost is not reached as a mail server: .*certificate/i,
    );
    assert.ok(!server.commands.some((command) => command.startsWith("AUTH")));
    const port = server.port;
    server.close();
    assert.equal((await mailerTo(`smtp://trader:canary@localhost:${port}`).send(NOTICE)).kind, "notSent");
  }));

Deno.test("on this machine a relay without TLS is used", () =>
  onMail(async (mailer, server) => {
    assert.deepEqual(await mailer.send(NOTICE), DELIVERED);
    assert.equal(server.mails[0]!.isTls, false);
  }, { offersTls: false }));

Deno.test("a recipient who is refused or put off costs the others nothing: one is told of once, one gets it later, each once", () =>
  onMail(async (_, server) => {
    const content = {
      notifyMailUrl: `smtp://trader:${encodeURIComponent(PASSWORD)}@localhost:${server.port}`,
      notifyMailFrom: "trader@example.org",
      notifyMailTo: "nobody@example.org, second@example.org, owner@example.org",
    };
    const channels = configuredChannels(resolveSettings({ file: { path: "-", content } }).values, systemClock);
    const notes: string[] = [], note = (line: string) => void notes.push(line);
    const desk = new NotificationDesk(channels, {
      ...{ clock: systemClock, timer: systemTimer, windowMs: 0, note, secrets: [] },
    });
    server.deferred.add("second@example.org");
    assert.deepEqual(await desk.send(NOTICE), DELIVERED, "one recipient has it");
    assert.deepEqual(await desk.send({ ...NOTICE, subject: "scheduler" }), DELIVERED);
    const gotBy = (to: string) => server.mails.filter((mail) => mail.to.includes(to)).map(({ data }) => data);
    assert.deepEqual([gotBy("owner@example.org").length, gotBy("second@example.org").length], [2, 0]);
    server.deferred.clear();
    await desk.close(20_000);
    const idsOf = (to: string) => gotBy(to).map((data) => /^Message-ID: (.*)\r$/mi.exec(data)![1]);
    assert.equal(new Set(idsOf("owner@example.org")).size, 2);
    assert.deepEqual(idsOf("second@example.org").sort(), idsOf("owner@example.org").sort());
    assert.deepEqual(notes.filter((line) => !line.endsWith("delivers again")).sort(), [
      "mail nobody@example.org: localhost refused: 550 5.1.1 no such box here; " +
      "that notice is lost there, and it is not sent again",
      "mail second@example.org: localhost refused: 450 4.2.0 greylisted, come again; trying again",
    ]);
  }, { offersTls: false }));

Deno.test("whatever a notice holds, Telegram and Discord take it, in one block that only its own end closes", () =>
  onTelegram((chat, bots) =>
    onDiscord(async (channel, server) => {
      const piece = fc.oneof(
        fc.string({ unit: "binary", maxLength: 3_000 }),
        fc.string({
          unit: fc.constantFrom("`", "*", "\n", "\r", "😀", "\ud800", "\u202e", "@everyone", "/kill "),
          maxLength: 3_000,
        }),
      );
      await fc.assert(
        fc.asyncProperty(
          piece,
          piece,
          piece,
          fc.integer({ min: 0, max: 8.64e15 }),
          async (title, text, subject, atMs) => {
            const notice: Notice = {
              ...NOTICE,
              kind: title.slice(0, 9),
              title,
              text,
              subject,
              atMs: atMs as TimestampMs,
            };
            assert.deepEqual([await chat.send(notice), await channel.send(notice)], [DELIVERED, DELIVERED]);
            const shown = bots.messages.at(-1)!, block = shown.entities.at(-1)!, message = server.messages.at(-1)!;
            assert.deepEqual([block.type, block.offset + block.length], ["pre", shown.text.length]);
            assert.match(shown.text.slice(0, block.offset), /^ALARM [a-z0-9-]*\n$/i);
            assert.match(message, /^\*\*ALARM [a-z0-9-]*\*\*\n```\n[^]*\n```$/i);
            assert.equal(message.match(/```/g)!.length, 2);
          },
        ),
        { numRuns: 300 },
      );
    })
  ));
