// Commands that keep processes running, as their user runs them, for tests that look at what they keep.
import assert from "node:assert/strict";
import { TextLineStream } from "../text_line_stream.ts";

/** The supervisor in a process of its own. */
export class Started {
  /** All that it has said. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;

  /**
   * @param command `start` with its options, or another one that keeps processes running.
   * @param input What its standard input holds; null: nothing is said about it.
   */
  constructor(
    environment: Readonly<Record<string, string>>,
    command: readonly string[] = ["start"],
    input: string | null = null,
  ) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", ...command],
      env: { DATABASE_URL: "", REDIS_URL: "", NO_COLOR: "1", ...environment },
      ...(input === null ? {} : { stdin: "piped" }),
      stdout: "null",
      stderr: "piped",
    }).spawn();
    if (input !== null) void ReadableStream.from([new TextEncoder().encode(input)]).pipeTo(this.#child.stdin);
    this.#read = this.#listen();
  }

  /** What a line says in the brackets of an expression, once one has come. */
  async said(line: RegExp, withinMs = 30_000): Promise<string> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 50) {
      for (const text of this.lines) {
        const match = line.exec(text);
        if (match) return match[1] ?? "";
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`it has not said ${line}:\n${this.lines.join("\n")}`);
  }

  /** Ends it as `kill` does, and waits for the end of all. */
  async stop(): Promise<void> {
    const pid = /process (\d+)/.exec(this.lines.find((line) => /^\w+ is process/.test(line)) ?? "")?.[1];
    if (pid !== undefined) await signal(pid, "SIGTERM");
    await this.#child.status;
    await this.#read;
  }

  async #listen(): Promise<void> {
    const lines = this.#child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) this.lines.push(line);
  }
}

/** Signals any process: tests may signal their own children only through the child. */
export async function signal(pid: string, name: "SIGKILL" | "SIGTERM"): Promise<void> {
  const args = [
    "eval",
    `try { Deno.kill(${pid}, "${name}") } catch (error) { if (!(error instanceof Deno.errors.NotFound)) throw error }`,
  ];
  assert.ok((await new Deno.Command(Deno.execPath(), { args }).output()).success);
}
