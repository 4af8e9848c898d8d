import { isCodedError } from "../errors/mod.ts";
import type { CommandSink, OperatorCommand } from "./operator_command.ts";

/** How long who comes after the switch may take: a session that hangs must not keep the answer back. */
export const KILL_ANSWER_MS = 5_000;

/** What a kill needs. */
export interface KillFirstOptions {
  /** Sets the kill switch, durably when it ends, and says where it is. @throws `kill-words` where it is set without all of its words. */
  readonly set: (by: string) => Promise<string>;
  /** Does everything, a kill too: then it is asked after the switch is on the disk. */
  readonly then: CommandSink;
}

/** Makes a kill work whoever is alive: the switch is set and durable before anybody else is asked (I10). */
export class KillFirst implements CommandSink {
  constructor(readonly options: KillFirstOptions) {}

  async handle(command: OperatorCommand): Promise<string> {
    const { then } = this.options;
    if (command.kind !== "kill") return await then.handle(command);
    const written = await this.#set(command);
    const further = then.handle(command).catch((error) => `Who trades has not answered: ${(error as Error).message}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`Who trades has not answered in ${KILL_ANSWER_MS / 1_000} s.`), KILL_ANSWER_MS);
    });
    const told = await Promise.race([further, late]);
    clearTimeout(timer);
    return `${written}\n${told}`;
  }

  async #set({ by }: OperatorCommand): Promise<string> {
    try {
      return `${await this.options.set(by)} is written: no new order leaves until a person removes it.`;
    } catch (error) {
      if (isCodedError(error) && error.code === "kill-words") return `${error.message}.`;
      return `The kill switch COULD NOT be set (${(error as Error).message}): stop the program by hand.`;
    }
  }
}
