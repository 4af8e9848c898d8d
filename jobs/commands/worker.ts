import { Command } from "commander";
import { counted } from "../../engine/errors/mod.ts";
import { answer } from "../output.ts";
import { whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";

interface Flags {
  readonly concurrency: number;
  readonly stdio?: boolean;
  readonly supervised?: boolean;
  readonly json?: boolean;
}

/** `worker`: works on the tasks of the queue. As many of them may run as there are cores, on any host. */
export function workerCommand(): Command {
  return new Command("worker")
    .description(
      "Work on the tasks of the queue until Ctrl-C: start as many as you like, on any host with the same lake.",
    )
    .option("--concurrency <count>", "tasks of each kind at once", whole, 1)
    .option("--supervised", "end when standard input does, as with the process that has started this one")
    .option("--stdio", "trade chunks that come on standard input instead; sweep --processes starts it so")
    .action(run);
}

/** One that trades for another process needs no database, and one that serves the queue hears nothing from its input. */
async function run(flags: Flags): Promise<void> {
  if (flags.stdio) {
    const { workOnStdio } = await import("../stdio_worker.ts");
    return await workOnStdio(readSettings().values.dataDir);
  }
  const { workOnQueue } = await import("../queue_worker.ts");
  const ended = await workOnQueue(flags.concurrency, flags.supervised ?? false);
  answer(flags, ended, () => `${counted(ended.completed, "task")} completed, ${ended.failed} attempts failed`);
}
