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
  const limit = AbortSignal.timeout(limitMs),
    child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: root,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1", ...env },
      signal: AbortSignal.any([limit, interruption]),
    }).spawn();
  const { success, stdout, stderr } = await child.output();
  interruption.throwIfAborted();
  if (success) return null;
  if (limit.aborted) return "it did not end";
  const text = new TextDecoder().decode(stderr.length > 0 ? stderr : stdout).trim();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.startsWith("error: ")) ?? lines.at(-1);
  return said?.slice(0, 200) ?? "it failed without a word";
}
