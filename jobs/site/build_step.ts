// Starts the programs of the site build, each with the permissions that it needs and no other.
import { createRequire } from "node:module";
import { arch, platform } from "node:process";
import { CodedError } from "../../engine/errors/mod.ts";

/** One program of the build. */
export interface BuildStep {
  /** What it does, as an error names it. */
  readonly name: string;
  /** What `deno run` gets after the permissions. */
  readonly program: readonly string[];
  readonly permissions: readonly string[];
  /** Variables that it is told, and the only ones that it can read: keys and tokens of the environment stay out. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs a step in `root` to its end.
 *
 * @throws {CodedError} `site` with the last lines that the step printed.
 */
export async function runStep(root: string, step: BuildStep, signal: AbortSignal): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--ignore-env",
      ...Object.keys(step.environment).map((name) => `--allow-env=${name}`),
      ...step.permissions,
      ...step.program,
    ],
    cwd: root,
    env: { ...step.environment, NO_COLOR: "1" },
    signal,
  }).output();
  signal.throwIfAborted();
  if (success) return;
  const decoder = new TextDecoder();
  const said = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.trim().split("\n").slice(-20).join("\n");
  throw new CodedError("site", `${step.name} failed:\n${said}`);
}

/** The file of esbuild's own program, which bundling and Framework start. */
export function esbuildProgram(): string {
  const inside = platform === "win32" ? "esbuild.exe" : "bin/esbuild";
  return createRequire(import.meta.resolve("esbuild")).resolve(`@esbuild/${platform}-${arch}/${inside}`);
}
