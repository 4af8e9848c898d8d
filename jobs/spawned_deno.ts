import { deno } from "./checks/deno_tool.ts";
import { interruption } from "./interruption.ts";

/** Where and for how long another Deno runs. */
export interface SpawnedDeno {
  readonly root: URL;
  readonly limitMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs Deno with arguments, and ends it with this process or at its limit.
 *
 * @returns Null where it passes, else the error that it ended with, which a stack may follow, or the last thing that it said.
 */
export async function errorOfDeno(
  args: readonly string[],
  { root, limitMs, env }: SpawnedDeno,
): Promise<string | null> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const { passed, stdout, stderr } = await deno(root, args, AbortSignal.any([limit, interruption]), env);
    return passed ? null : lastWords(stderr.length > 0 ? stderr : stdout);
  } catch (error) {
    interruption.throwIfAborted();
    if (limit.aborted) return "it did not end";
    throw error;
  }
}

function lastWords(text: string): string {
  const lines = text.trim().split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.startsWith("error: ")) ?? lines.at(-1);
  return said?.slice(0, 200) ?? "it failed without a word";
}
