import { isCodedError } from "../../engine/errors/mod.ts";
import type { KillOrder, KillSwitch } from "../../engine/live/mod.ts";

/** Sets the kill switch, and says so; one that is set and cannot say all that it is to say is set all the same. */
export async function killedText(kill: Pick<KillSwitch, "set" | "path">, order: KillOrder): Promise<string> {
  try {
    await kill.set(order);
    return `the kill switch is set: ${kill.path}`;
  } catch (error) {
    if (isCodedError(error) && error.code === "kill-words") return error.message;
    throw error;
  }
}
