// Commands over Telegram, as the supervisor keeps it running.
import { type CommandSink, KillFirst, type NoticeSettings, TelegramCommands } from "../engine/notifications/mod.ts";
import { telegramOf, UpdateOffset } from "../engine/notifications/mod.ts";
import type { KillSwitch } from "../engine/live/mod.ts";
import { systemClock, systemTimer } from "../engine/time/mod.ts";
import { note } from "./output.ts";
import type { Charge } from "./supervisor.ts";

/**
 * Null where no bot is set.
 *
 * @param sink Does the commands, a kill after its file was written.
 * @param onStranger Hears once of each who may not give commands and has tried.
 */
export function telegramCharge(
  settings: NoticeSettings & { readonly dataDir: string },
  sink: CommandSink,
  onStranger: (sentence: string) => void,
): Charge | null {
  const telegram = telegramOf(settings, systemClock), { dataDir } = settings;
  if (telegram === null) return null;
  const { bot, chats, users } = telegram;
  return {
    name: "telegram",
    isAside: true,
    async start() {
      const stop = new AbortController(), { KillSwitch } = await import("../engine/live/mod.ts");
      const kill = new KillSwitch(dataDir);
      const commands = new TelegramCommands({
        ...{
          bot,
          chats: new Set(chats),
          users: new Set(users),
          clock: systemClock,
          timer: systemTimer,
          note,
          onStranger,
        },
        sink: new KillFirst({ set: (by) => setBy(kill, by), then: sink }),
        offset: await UpdateOffset.open(`${dataDir}/notifications/telegram-${bot.id}.json`, note),
      });
      const ended = commands.listen(stop.signal).then(() => "it was stopped", (error: Error) => error.message);
      return {
        detail: "commands are heard over Telegram",
        ended,
        async stop() {
          stop.abort();
          await ended;
        },
      };
    },
  };
}

async function setBy(kill: KillSwitch, by: string): Promise<string> {
  await kill.set({ reason: by, flatten: false, atMs: systemClock.now() });
  return kill.path;
}
