// Commands over a bot's server on loopback, with a clock that is set by hand.
import assert from "node:assert/strict";
import fc from "fast-check";
import { CodedError, Secret } from "../errors/mod.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { TelegramServer } from "../testing/telegram_server.ts";
import { SimulatedClock, systemTimer, type TimestampMs } from "../time/mod.ts";
import { replacePrivateFile } from "../database/mod.ts";
import { KillFirst } from "./kill_first.ts";
import { addresseeOf, commandOf, type CommandSink, type OperatorCommand } from "./operator_command.ts";
import { TelegramBot } from "./telegram_bot.ts";
import { TelegramCommands } from "./telegram_commands.ts";
import { UpdateOffset } from "./update_offset.ts";

const NOW = 1_800_000_000_000 as TimestampMs, DAY = 86_400_000;
const TOKEN = "123456:AAHcanaryTOKEN_canaryTOKEN_canary12";
const OWNER = 42, GROUP = -1001, STRANGER = 66;

/** A bot with its server, and one who listens. */
class Desk {
  readonly server = new TelegramServer(TOKEN, [OWNER, GROUP]);
  readonly clock = new SimulatedClock(NOW);
  readonly done: OperatorCommand[] = [];
  readonly notes: string[] = [];
  readonly strangers: string[] = [];
  users = new Set<string>();
  answer: (command: OperatorCommand) => Promise<string> = ({ kind }) => Promise.resolve(`${kind}: done`);
  sink: CommandSink = {
    handle: (command) => {
      this.done.push(command);
      return this.answer(command);
    },
  };
  #stop = new AbortController();
  #listening: Promise<void> = Promise.resolve();

  constructor(readonly folder: string) {}

  get path(): string {
    return `${this.folder}/notifications/telegram.json`;
  }

  get answers(): string[] {
    return this.server.messages.map(({ text }) => text);
  }

  async listen(): Promise<void> {
    this.#stop = new AbortController();
    const note = (line: string) => this.notes.push(line), token = new Secret("token", TOKEN);
    const commands = new TelegramCommands({
      bot: new TelegramBot(token, this.server.url, this.clock),
      chats: new Set([`${OWNER}`, `${GROUP}`]),
      users: this.users,
      sink: this.sink,
      offset: await UpdateOffset.open(this.path, note),
      clock: this.clock,
      timer: systemTimer,
      note,
      onStranger: (line) => this.strangers.push(line),
    });
    this.#listening = commands.listen(this.#stop.signal);
    this.#listening.catch(() => {});
  }

  /** Stops listening, as the end of the process does. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  get ended(): Promise<void> {
    return this.#listening;
  }

  say(text: string, more: Partial<Parameters<TelegramServer["say"]>[0]> = {}): void {
    this.server.say({ chatId: OWNER, userId: OWNER, text, atMs: this.clock.now(), ...more });
  }

  /** Says something harmless, and waits for its answer: all that was said before has been heard by then. */
  async settled(): Promise<void> {
    const before = this.answers.length;
    this.say("/help");
    await this.until(() => this.answers.slice(before).some((text) => text.startsWith("I know /status")));
  }

  async until(holds: () => boolean): Promise<void> {
    for (let waited = 0; !holds(); waited++) {
      assert.ok(waited < 500, `it did not come to that: ${JSON.stringify([this.answers, this.notes])}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function withDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const desk = new Desk(folder);
    try {
      await work(desk);
    } finally {
      await desk.end().catch(() => {});
      await desk.server.close();
    }
  });
}

Deno.test("commands are words behind a slash, with the name of an autopilot or alone", () => {
  assert.deepEqual(commandOf("/pause sma-btc"), { kind: "pause", autopilot: "sma-btc" });
  assert.deepEqual(commandOf("/STATUS@my_bot"), { kind: "status", autopilot: null });
  assert.deepEqual(commandOf("/kill "), { kind: "kill", autopilot: null });
  for (
    const text of [
      "kill",
      "/kill a b",
      "/killall",
      "/toString",
      "/kill\n/resume",
      " /kill",
      "/kill ../x",
      "/pause -x",
      "/",
    ]
  ) assert.equal(commandOf(text), null, text);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const command = commandOf(text);
    if (command !== null) assert.match(text, /^\/(status|pause|resume|kill)\b/i);
  }));
});

Deno.test("whom a command is for stands behind its @, whatever the command", () => {
  assert.equal(addresseeOf("/resume@other_bot sma-btc"), "other_bot");
  assert.equal(addresseeOf("/start@Other_Bot more and more"), "Other_Bot");
  for (const text of ["/resume", "/resume sma@btc", "mail me@example.org", "@other_bot /kill", "/kill @other_bot"]) {
    assert.equal(addresseeOf(text), null, text);
  }
});

Deno.test("what is said to another bot of the chat is neither done nor answered, to this one in any case it is", () =>
  withDesk(async (desk) => {
    await desk.listen();
    for (const text of ["/resume@other_bot", "/pause@our_trader_bot2", "/kill@other_bot", "/help@other_bot"]) {
      desk.say(text);
    }
    desk.say("/pause@our_TRADER_bot sma-btc");
    await desk.until(() => desk.answers.includes("pause: done"));
    assert.deepEqual([desk.done.map(({ kind }) => kind), desk.answers], [["pause"], ["pause: done"]]);
    assert.equal(JSON.parse(await Deno.readTextFile(desk.path)).nextUpdateId, desk.server.nextUpdateId);
  }));

Deno.test("a bot that could not learn its name does what names no bot, and any kill, until it has learned it", () =>
  withDesk(async (desk) => {
    const [pause, status] = ["/pause@our_trader_bot", "/status"];
    desk.server.failures.push({ method: "getMe", status: 502, body: "<html>" });
    await desk.listen();
    for (const text of [pause, status, "/kill@other_bot"]) desk.say(text);
    await desk.until(() => desk.answers.length === 3);
    assert.deepEqual(desk.done.map(({ kind }) => kind).sort(), ["kill", "status"]);
    assert.ok(desk.answers.includes(
      "pause is refused: this bot has not learned its name yet, and another one may be meant. Say it without @our_trader_bot.",
    ));
    desk.clock.advanceTo(NOW + 61_000 as TimestampMs);
    desk.say(status);
    await desk.until(() => desk.done.length === 3);
    desk.say(pause);
    desk.say("/kill@other_bot");
    await desk.settled();
    assert.deepEqual(desk.done.slice(3).map(({ kind }) => kind), ["pause"]);
  }));

Deno.test("a command of the owner is handed on with who gave it, and answered in the chat", () =>
  withDesk(async (desk) => {
    await desk.listen();
    desk.say("/pause sma-btc");
    await desk.until(() => desk.answers.includes("pause: done"));
    desk.say("hello");
    await desk.settled();
    assert.deepEqual(desk.done, [{ kind: "pause", autopilot: "sma-btc", by: "telegram user 42 in chat 42" }]);
    assert.deepEqual(desk.answers.length, 2, "what is no command gets no answer");
    assert.ok(desk.notes.includes("telegram user 42 in chat 42: pause sma-btc"));
  }));

Deno.test("nobody else gives commands: other chats, other people in a listed chat, nobody known, what was handed on", () =>
  withDesk(async (desk) => {
    desk.users = new Set(["42", "43"]);
    await desk.listen();
    desk.say("/kill", { chatId: STRANGER, userId: STRANGER });
    desk.say("/kill", { chatId: STRANGER, userId: STRANGER });
    desk.say("/kill", { chatId: -2002, userId: OWNER });
    desk.say("/kill", { chatId: GROUP, userId: STRANGER });
    desk.say("/kill", { chatId: GROUP, userId: null, type: "channel" });
    desk.say("/kill", { chatId: GROUP, userId: 43, more: { sender_chat: { id: GROUP } } });
    desk.say("/kill", { more: { forward_origin: { type: "hidden_user" } } });
    desk.say("/resume", { more: { via_bot: { id: 9 } } });
    await desk.settled();
    assert.equal(desk.done.length, 0);
    assert.deepEqual(desk.answers.filter((text) => !text.startsWith("I know")), [
      "kill was handed on from elsewhere: refused.",
      "resume was handed on from elsewhere: refused.",
    ]);
    assert.deepEqual(desk.strangers.map((line) => /: (.*) has written/.exec(line)![1]), [
      "user 66 in chat 66",
      "user 42 in chat -2002",
      "user 66 in chat -1001",
      "user unknown in chat -1001",
    ], "each is told of once");
    desk.say("/status", { chatId: GROUP, userId: 43 });
    await desk.until(() => desk.done.length === 1);
    assert.equal(desk.done[0]!.by, "telegram user 43 in chat -1001");
  }));

Deno.test("without a list of people a group gives no commands, only a person in a private chat does", () =>
  withDesk(async (desk) => {
    await desk.listen();
    desk.say("/kill", { chatId: GROUP, userId: OWNER });
    desk.say("/kill", { chatId: OWNER, userId: STRANGER, type: "private" });
    await desk.settled();
    assert.deepEqual([desk.done.length, desk.strangers.length], [0, 2]);
  }));

Deno.test("a restart does no command again: what was heard is on the disk before it is done, and Telegram is told", () =>
  withDesk(async (desk) => {
    const { promise: hangs, resolve } = Promise.withResolvers<string>();
    desk.answer = () => hangs;
    await desk.listen();
    desk.say("/resume sma-btc");
    await desk.until(() => desk.done.length === 1);
    const heard = JSON.parse(await Deno.readTextFile(desk.path));
    assert.equal(heard.nextUpdateId, desk.server.nextUpdateId, "known on the disk before it has ended");
    resolve("late");
    await desk.end();
    // Telegram has not been told, and gives it again: the process died before it could ask once more.
    desk.server.nextUpdateId--;
    desk.say("/resume sma-btc");
    desk.answer = ({ kind }) => Promise.resolve(kind);
    await desk.listen();
    await desk.settled();
    assert.equal(desk.done.length, 1);
    assert.equal(desk.server.offsets.at(-2), heard.nextUpdateId);
  }));

Deno.test("commands that waited longer than a minute, or come from the future, are refused and said so", () =>
  withDesk(async (desk) => {
    for (const ageMs of [61_000, 59_000, -61_000, 2 * DAY]) {
      desk.say("/resume", { atMs: NOW - ageMs });
      desk.say("/kill", { atMs: NOW - ageMs });
    }
    await desk.listen();
    await desk.settled();
    assert.deepEqual(desk.done.map(({ kind }) => kind).sort(), ["kill", "resume"]);
    const refused = desk.answers.filter((text) => text.includes("refused"));
    assert.equal(refused.length, 6);
    assert.ok(refused.includes(
      "resume is refused: it was said 61 s ago, and what was meant then may be wrong now. Say it again.",
    ));
    assert.ok(
      refused.includes("kill is refused: by this machine's clock it comes 61 s from the future. Set the clock."),
    );
  }));

Deno.test("after a week of silence Telegram counts anew, and the bot still hears", () =>
  withDesk(async (desk) => {
    await desk.listen();
    await desk.settled();
    await desk.end();
    desk.clock.advanceTo(NOW + 8 * DAY as TimestampMs);
    desk.server.nextUpdateId = 5;
    desk.say("/status");
    await desk.listen();
    await desk.until(() => desk.answers.includes("status: done"));
    assert.equal(JSON.parse(await Deno.readTextFile(desk.path)).nextUpdateId, 6);
  }));

Deno.test("a kill does not wait behind a command that hangs, and further ones wait in their order, up to a number", () =>
  withDesk(async (desk) => {
    const { promise: hangs, resolve } = Promise.withResolvers<string>();
    desk.answer = ({ kind }) => kind === "pause" ? hangs : Promise.resolve(`${kind}: done`);
    await desk.listen();
    desk.say("/pause");
    for (let n = 0; n < 8; n++) desk.say(`/resume pilot-${n}`);
    desk.say("/kill");
    await desk.until(() => desk.answers.includes("kill: done"));
    assert.deepEqual(desk.done.map(({ kind }) => kind), ["pause", "kill"]);
    assert.ok(desk.answers.includes("resume is refused: 8 others wait."));
    resolve("paused");
    await desk.until(() => desk.done.length === 9);
    assert.deepEqual(
      desk.done.slice(2).map(({ autopilot }) => autopilot),
      [0, 1, 2, 3, 4, 5, 6].map((n) => `pilot-${n}`),
    );
  }));

Deno.test("a kill writes the kill file first, whatever the session does, and says what has come of both", () =>
  withDesk(async (desk) => {
    const path = `${desk.folder}/KILL`, session = desk.sink;
    let set = async (by: string) => {
      await replacePrivateFile(path, by);
      return path;
    };
    desk.sink = new KillFirst({ set: (by) => set(by), then: session });
    desk.answer = async () => {
      assert.equal(await Deno.readTextFile(path), "telegram user 42 in chat 42");
      throw new Error("the database is gone");
    };
    await desk.listen();
    desk.say("/kill");
    await desk.until(() => desk.answers.length === 1);
    assert.equal(
      desk.answers[0],
      `${path} is written: no new order leaves until a person removes it.\n` +
        "Who trades has not answered: the database is gone",
    );
    await Deno.remove(path);
    desk.answer = () => Promise.resolve("it runs");
    desk.say("/status");
    await desk.until(() => desk.answers.includes("it runs"));
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await Deno.mkdir(`${path}/in the way`, { recursive: true });
    desk.say("/kill");
    await desk.until(() => desk.answers.length === 3);
    assert.match(desk.answers[2]!, /kill switch COULD NOT be set \(.*\): stop the program by hand\.\nit runs$/);
    assert.equal(desk.done.length, 3, "the session was asked all the same");
    set = () => Promise.reject(new CodedError("kill-words", "the kill switch is set, but it cannot say why"));
    desk.say("/kill");
    await desk.until(() => desk.answers.length === 4);
    assert.equal(desk.answers[3], "the kill switch is set, but it cannot say why.\nit runs");
  }));

Deno.test("where what was heard cannot be noted, a command is refused, and a kill is done", () =>
  withDesk(async (desk) => {
    await desk.listen();
    await desk.settled();
    await Deno.remove(desk.path);
    await Deno.mkdir(`${desk.path}/in the way`, { recursive: true });
    desk.say("/resume");
    desk.say("/kill");
    await desk.until(() => desk.answers.length === 3);
    assert.deepEqual(desk.done.map(({ kind }) => kind), ["kill"]);
    assert.ok(desk.answers.includes("resume is refused: it cannot be noted, and might be done twice."));
    assert.ok(desk.notes.some((line) => line.includes("cannot be written")));
    await desk.settled();
    assert.equal(desk.done.length, 1, "in memory it is known all the same");
    await Deno.remove(desk.path, { recursive: true });
  }));

Deno.test("a file of what was heard that cannot be read is told, and counts as none", () =>
  withDesk(async (desk) => {
    await Deno.mkdir(`${desk.folder}/notifications`);
    await Deno.writeTextFile(desk.path, '{"nextUpda');
    await desk.listen();
    await desk.settled();
    assert.match(
      desk.notes[0]!,
      /telegram\.json cannot be read: messages of the last minute may be answered once more/,
    );
  }));

Deno.test("failures of Telegram are told once and outlived; answers that are none, too; a token it does not know ends it", () =>
  withDesk(async (desk) => {
    const garbage = [
      { status: 502, body: "<html>" },
      { status: 200, body: { ok: true, result: { update_id: "x" } } },
    ];
    desk.server.failures.push(...garbage.map((failure) => ({ method: "getUpdates", ...failure })));
    await desk.listen();
    desk.say("/status");
    await desk.until(() => desk.answers.includes("status: done"));
    assert.deepEqual(desk.notes.filter((line) => line.startsWith("telegram commands")), [
      `telegram commands: ${
        new URL(desk.server.url).host
      } answered 502 with what is none of the Bot API's answers; trying again`,
      "telegram commands: heard again",
    ]);
    const body = { ok: false, error_code: 401, description: `Unauthorized ${TOKEN}` };
    desk.server.failures.push({ method: "getUpdates", status: 401, body });
    await desk.settled().catch(() => {});
    const error = await desk.ended.then(() => null, (error) => error);
    assert.equal(error.code, "telegram-token");
    assert.doesNotMatch(`${error.message} ${desk.notes}`, /canary/);
  }));

Deno.test("whatever an update holds, the bot goes on: updates that are no message of text are passed over", () =>
  withDesk(async (desk) => {
    await desk.listen();
    for (
      const more of [
        { text: undefined },
        { text: 7 },
        { chat: null },
        { date: "soon" },
        { from: { id: "x" } },
        { text: "\u0000".repeat(4_096) },
        { chat: { id: OWNER, type: "private", title: { a: { b: [] } } } },
      ]
    ) desk.say("/status", { more });
    await desk.settled();
    assert.equal(desk.done.length, 1, "the last one alone is a message of the owner's");
  }));
