// Runs one of Deno's own tools and reads what it found.
import type { Finding } from "./finding.ts";

/** What a run of `deno …` left. */
export interface ToolRun {
  readonly passed: boolean;
  readonly stdout: string;
  /** Standard error without colours. */
  readonly stderr: string;
}

/** Runs `deno ARGS` in `root` to its end. */
export async function deno(
  root: URL,
  args: readonly string[],
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<ToolRun> {
  const options = { args: [...args], cwd: root, stdin: "null" as const, env: { NO_COLOR: "1", ...env }, signal };
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  signal.throwIfAborted();
  const decoder = new TextDecoder();
  return { passed: success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What `deno lint --json` printed, as findings. */
export function lintFindings(json: string, root: URL): Finding[] {
  const { diagnostics = [], errors = [] }: LintReport = JSON.parse(json);
  return [
    ...diagnostics.map(({ filename, range, message, code, hint }): Finding => ({
      path: relative(filename, root),
      line: range.start.line,
      message: `${message} (${code})`,
      remedy: hint ?? `see https://docs.deno.com/lint/rules/${code}`,
    })),
    ...errors.map(({ file_path, message }): Finding => ({
      path: relative(file_path, root),
      line: 1,
      message,
      remedy: "mend the syntax",
    })),
  ];
}

interface LintReport {
  diagnostics?: {
    filename: string;
    range: { start: { line: number } };
    message: string;
    code: string;
    hint?: string;
  }[];
  errors?: { file_path: string; message: string }[];
}

/** Findings of `deno fmt --check`, `deno check` and `deno test`, which name places as `FILE:LINE:COLUMN` or `from FILE:`. */
export function textFindings({ stdout, stderr }: ToolRun, root: URL, remedy: string): Finding[] {
  const text = `${stdout}\n${stderr}`.replaceAll(root.href, "").replaceAll(decodeURIComponent(root.pathname), "");
  const lines = text.split("\n"), found: Finding[] = [];
  lines.forEach((line, i) => {
    const unformatted = /^from (.+):$/.exec(line);
    if (unformatted) found.push({ path: unformatted[1], line: 1, message: "is not formatted", remedy });
    const place = /^\s+at (?:async )?(?:.*\()?(engine|jobs|src|observablehq)([^\s:()]*):(\d+):\d+\)?$/.exec(line);
    if (!place) return;
    const message = lines.slice(0, i).findLast((before) => /^(TS\d+ \[ERROR\]|error)/.test(before.trim())) ?? "failed";
    found.push({
      path: place[1] + place[2],
      line: Number(place[3]),
      message: message.replace(" [ERROR]", "").trim(),
      remedy,
    });
  });
  if (found.length > 0) return found;
  return [{ path: ".", line: 1, message: text.trim(), remedy }];
}

function relative(name: string, root: URL): string {
  return name.replace(root.href, "").replace(decodeURIComponent(root.pathname), "");
}
