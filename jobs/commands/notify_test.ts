// Notices as a user has them: the command that tries the channels, and `start`, which tells of what fails and hears commands.
import assert from "node:assert/strict";
import { DiscordServer } from "../../engine/testing/discord_server.ts";
import { HookServer } from "../../engine/testing/hook_server.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { SmtpServer } from "../../engine/testing/smtp_server.ts";
import { TelegramServer } from "../../engine/testing/telegram_server.ts";
import { programOn } from "../testing/program.ts";
import { signal, Started } from "../testing/started.ts";

const TOKEN = "123456:AAHcanaryTOKEN_canaryTOKEN_canary12", KEY = "canary-key-of-the-webhook", OWNER = 42;
const TELEGRAM = { CRYPTO_TRADER_NOTIFY_TELEGRAM_TOKEN: TOKEN, CRYPTO_TRADER_NOTIFY_TELEGRAM_CHATS: `${OWNER}` };

async function inDataFolder(work: (dataDir: string) => Promise<void>): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "notify_test_" });
  await Deno.chmod(dataDir, 0o755); // the server's user has to reach its data where we are root
  await work(dataDir).finally(() => removeDataFolder(dataDir));
}

Deno.test("notify test sends through every channel and says what happened, without a secret", () =>
  inDataFolder(async (dataDir) => {
    const telegram = new TelegramServer(TOKEN, [OWNER]), discord = new DiscordServer("9", "canary-discord");
    const hook = new HookServer(KEY), password = "canary pass/word";
    const mail = await SmtpServer.start({ user: "me", password, recipients: ["owner@example.org"] });
    await Deno.writeTextFile(`${dataDir}/ca.pem`, mail.certificate.cert);
    const program = programOn(dataDir, {
      ...TELEGRAM,
      CRYPTO_TRADER_NOTIFY_TELEGRAM_URL: telegram.url,
      CRYPTO_TRADER_NOTIFY_DISCORD_URL: discord.url,
      CRYPTO_TRADER_NOTIFY_WEBHOOK_URL: `${hook.url}?canary`,
      CRYPTO_TRADER_NOTIFY_WEBHOOK_KEY: KEY,
      CRYPTO_TRADER_NOTIFY_MAIL_URL: `smtp://me:${encodeURIComponent(password)}@localhost:${mail.port}`,
      CRYPTO_TRADER_NOTIFY_MAIL_FROM: "trader@example.org",
      CRYPTO_TRADER_NOTIFY_MAIL_TO: "owner@example.org",
      CRYPTO_TRADER_NOTIFY_MAIL_CA: `${dataDir}/ca.pem`,
    });
    try {
      const all = await program("notify", "test", "--json");
      assert.equal(all.code, 0, all.stdout + all.stderr);
      assert.deepEqual(
        JSON.parse(all.stdout).channels.map(({ channel, outcome }: Record<string, string>) => [channel, outcome]),
        ["webhook", "telegram", "discord", "mail"].map((channel) => [channel, "done"]),
      );
      const [text, data] = [telegram.messages[0]!.text, mail.mails[0]!.data];
      for (const told of [text, data, discord.messages[0]!, `${hook.taken[0]!.text}`]) {
        assert.match(told, /deno task notify test/);
      }

      discord.failures.push(500);
      const one = await program("notify", "test", "discord");
      assert.equal(one.code, 1);
      assert.match(one.stdout, /^discord +unknown +\d+ +127\.0\.0\.1:\d+ answered 500: Internal Server Error$/m);
      assert.deepEqual([telegram.messages.length, discord.messages.length], [1, 1], "only that one, and only once");
      const doctor = await program("doctor");
      assert.match(doctor.stdout, /^notifyTelegramToken +\[secret notifyTelegramToken#[0-9a-f]{6}\]/m);
      assert.match(doctor.stdout, /^notices +there +webhook, telegram, discord, mail/m);
      const unknown = await program("notify", "test", "telegrm");
      assert.match(unknown.stderr, /there is no channel "telegrm": did you mean telegram\?/);
      for (const { stdout, stderr } of [all, one, doctor, unknown]) assert.doesNotMatch(stdout + stderr, /canary/);
    } finally {
      mail.close();
      for (const server of [telegram, discord, hook]) await server.close();
    }
    const none = await programOn(dataDir)("notify", "test");
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(none.stderr, /no channel is set: docs\/notifications\.md says how/);
    const half = await programOn(dataDir, { CRYPTO_TRADER_NOTIFY_TELEGRAM_TOKEN: TOKEN })("notify", "test");
    assert.match(half.stderr, /notifyTelegramToken is set without notifyTelegramChats: set both, or neither/);
    assert.doesNotMatch(half.stderr, /canary/);
  }));

Deno.test("start tells people of a task that failed for good and a process that stays down, and hears status and kill", () =>
  inDataFolder(async (dataDir) => {
    const telegram = new TelegramServer(TOKEN, [OWNER]), hook = new HookServer(KEY);
    const environment = {
      ...TELEGRAM,
      CRYPTO_TRADER_NOTIFY_TELEGRAM_URL: telegram.url,
      CRYPTO_TRADER_NOTIFY_WEBHOOK_URL: hook.url,
      CRYPTO_TRADER_NOTIFY_WEBHOOK_KEY: KEY,
      CRYPTO_TRADER_NOTIFY_GATHER_SECONDS: "1",
    };
    const program = programOn(dataDir, environment), said = () => telegram.messages.map(({ text }) => text);
    const until = async (holds: () => boolean) => {
      for (let waited = 0; !holds(); waited++) {
        assert.ok(waited < 600, `it did not come to that:\n${said().join("\n")}\n${started.lines.join("\n")}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const ask = async (text: string, answer: RegExp) => {
      telegram.say({ chatId: OWNER, userId: OWNER, text, atMs: Date.now() });
      await until(() => said().some((text) => answer.test(text)));
    };
    const started = new Started({ CRYPTO_TRADER_DATA_DIR: dataDir, ...environment });
    try {
      await started.said(/^people are told by webhook, telegram$/);
      await started.said(/^\[worker\] worker \d+ is ready/);
      await started.said(/^telegram runs: commands are heard/);

      const payload = JSON.stringify({ strategy: "no-such", symbol: "BTC/USDT", timeframe: "1d", grid: { fast: [1] } });
      const task = JSON.parse(
        (await program("tasks", "enqueue", "run_sweep", "--payload", payload, "--wait", "--json")).stdout,
      );
      assert.equal(task.state, "failed");
      await until(() => said().some((text) => text.startsWith("ALARM task-failed\nrun_sweep has failed for good\n")));
      assert.ok(said().some((text) => text.includes(`deno task tasks retry ${task.id}`)));

      const seen = new Set<string>();
      for (let death = 0; death < 4; death++) {
        const pid = () =>
          started.lines.map((line) => /^worker runs: process (\d+)/.exec(line)?.[1]).filter(Boolean).at(-1)!;
        await until(() => !seen.has(pid()));
        seen.add(pid());
        await signal(pid(), "SIGKILL");
      }
      const down = "ALARM process-down\nworker stays down\n";
      await until(() =>
        said().some((text) => text.startsWith(down)) && hook.taken.some(({ kind }) => kind === "process-down")
      );
      const restarts = hook.taken.filter(({ kind }) => kind === "process-restarted");
      assert.ok(
        restarts.length > 0 && restarts.every(({ severity, subject }) => `${severity} ${subject}` === "warning worker"),
      );

      await ask("/status", /^worker: down, restarts: 3$/m);
      assert.ok(said().some((text) => /^notices by webhook: \d+ delivered, \d+ waiting, 0 lost$/m.test(text)));
      await ask("/pause", /^There is no autopilot here: nothing was paused\.$/);
      telegram.say({ chatId: 66, userId: 66, text: "/kill", atMs: Date.now() });
      await started.said(/^(telegram: user 66 in chat 66 has written to the bot)/);
      await assert.rejects(Deno.stat(`${dataDir}/KILL`), Deno.errors.NotFound);
      await ask(
        "/kill",
        /KILL is written: no new order leaves until a person removes it\.\nThere is no autopilot here: /,
      );
      assert.equal(JSON.parse(await Deno.readTextFile(`${dataDir}/KILL`)).reason, "telegram user 42 in chat 42");
      await until(() => said().some((text) => text.startsWith("WARNING telegram-stranger\n")));
      const acts = JSON.parse((await program("audit", "list", "--json")).stdout).rows;
      assert.ok(
        acts.some((row: Record<string, string>) =>
          row.action === "kill" && row.actor === "telegram user 42 in chat 42"
        ),
      );
      assert.equal(said().filter((text) => text.startsWith("ALARM task-failed")).length, 1, "told once");
    } finally {
      await started.stop();
      await telegram.close();
      await hook.close();
    }
    assert.equal(hook.forged, 0);
    assert.doesNotMatch(started.lines.join("\n") + said().join("\n") + JSON.stringify(hook.taken), /canary/i);
  }));
