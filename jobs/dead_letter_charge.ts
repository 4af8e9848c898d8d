// Tells people of tasks that have failed for good, as the supervisor keeps it running.
import type { Database } from "../engine/database/mod.ts";
import type { Notice, Notifier } from "../engine/notifications/mod.ts";
import { type DeadLetter, noteDeadLetter, takeDeadLetters } from "../engine/tasks/mod.ts";
import { systemTimer, type Timer, timestampMs } from "../engine/time/mod.ts";
import { note } from "./output.ts";
import type { Charge } from "./supervisor.ts";

/** How often it looks for letters. */
export const LOOK_MS = 5_000;
/** Letters whose notices are on their way; with more, no further ones are taken. */
const UNDER_WAY_MOST = 1_000;

/** @param open Opens the database of the queue. */
export function deadLetterCharge(open: () => Promise<Database>, notifier: Notifier, timer = systemTimer): Charge {
  return {
    name: "dead letters",
    isAside: true,
    async start() {
      const database = await open(),
        stop = new AbortController(),
        ended = watch(database, notifier, timer, stop.signal);
      return {
        detail: "people are told of tasks that have failed for good",
        ended,
        async stop() {
          stop.abort();
          await ended;
          await database.close();
        },
      };
    },
  };
}

async function watch({ sql }: Database, notifier: Notifier, timer: Timer, stop: AbortSignal): Promise<string> {
  const underWay = new Set<string>();
  let hasFailed = false;
  const tell = async (letter: DeadLetter) => {
    underWay.add(letter.id);
    const { kind } = await notifier.send(noticeOf(letter));
    // Refused, or of unknown fate, it stays taken until that lapses: free at once, it would be sent again at each look.
    if (kind === "done" || kind === "notSent") {
      await noteDeadLetter(sql, letter, kind === "done").catch(() => {}); // then it is free again after a while
    }
    underWay.delete(letter.id);
  };
  while (!stop.aborted) {
    try {
      // One that is still on its way is taken again after a while, so that nobody else takes it.
      const letters = underWay.size < UNDER_WAY_MOST ? await takeDeadLetters(sql) : [];
      for (const letter of letters) if (!underWay.has(letter.id)) void tell(letter);
      hasFailed = false;
    } catch (error) {
      if (!hasFailed && !stop.aborted) {
        note(`warning: dead letters are not read: ${(error as Error).message}; trying again`);
      }
      hasFailed = true;
    }
    await timer.wait(LOOK_MS, stop).catch(() => {});
  }
  return "it was stopped";
}

function noticeOf({ task, name, error, atMs }: DeadLetter): Notice {
  return {
    severity: "alarm",
    kind: "task-failed",
    title: `${name} has failed for good`,
    text: `${error.message}\n\nTask ${task}. Once what it says is mended: deno task tasks retry ${task}`,
    atMs: timestampMs(atMs),
    subject: name,
  };
}
