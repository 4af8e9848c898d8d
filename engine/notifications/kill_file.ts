import { replacePrivateFile } from "../database/mod.ts";
import { type Clock, formatTimestamp } from "../time/mod.ts";
import type { CommandSink, OperatorCommand } from "./operator_command.ts";

/** How long who comes after the file may take: a session that hangs must not keep the answer back. */
export const KILL_ANSWER_MS = 5_000;

/** What the kill file needs. */
export interface KillFileOptions {
  /** As in `data/KILL`: while it is there, no order leaves. Its folder exists. */
  readonly path: string;
  readonly clock: Clock;
  /** Does everything, a kill too: then it is asked after the file is on the disk. */
  readonly then: CommandSink;
}

/**
 * Makes a kill work whoever is alive: the file is written and durable before anybody else is asked (I10). It names who
 * asked and when, for people; that it is there is enough.
 */
export class KillFile implements CommandSink {
  constructor(readonly options: KillFileOptions) {}

  async handle(command: OperatorCommand): Promise<string> {
    const { then } = this.options;
    if (command.kind !== "kill") return await then.handle(command);
    const written = await this.#write(command);
    const further = then.handle(command).catch((error) => `Who trades has not answered: ${(error as Error).message}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`Who trades has not answered in ${KILL_ANSWER_MS / 1_000} s.`), KILL_ANSWER_MS);
    });
    const told = await Promise.race([further, late]);
    clearTimeout(timer);
    return `${written}\n${told}`;
  }

  async #write({ by }: OperatorCommand): Promise<string> {
    const { path, clock } = this.options;
    try {
      await replacePrivateFile(path, `${JSON.stringify({ at: formatTimestamp(clock.now()), by })}\n`);
      return `${path} is written: no new order leaves until a person removes it.`;
    } catch (error) {
      return `${path} COULD NOT be written (${(error as Error).message}): stop the program by hand.`;
    }
  }
}
