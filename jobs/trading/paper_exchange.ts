// The loopback exchange that paper trading uses where no other venue is named: a process of its own, with its own rights.
import { CodedError } from "../../engine/errors/mod.ts";
import { TextLineStream } from "../text_line_stream.ts";
import { note } from "../output.ts";

/** A running one. */
export interface PaperExchange {
  readonly url: string;
  readonly clock: { readonly startMs: number; readonly beganMs: number; readonly speed: number };
  /** Comes when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts it, and waits until it listens. @throws {CodedError} `exchange` when it ends before. */
export async function startPaperExchange(
  symbols: readonly string[],
  speed: number,
  seed: number,
): Promise<PaperExchange> {
  const program = new URL("../main.ts", import.meta.url).pathname;
  const args = ["exchange", "--json", "--supervised", "--port", "0", "--speed", `${speed}`, "--seed", `${seed}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=exchange", "--no-prompt", program, ...args, "--symbol", ...symbols],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  void child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).pipeTo(
    new WritableStream({ write: (line) => note(`[exchange] ${line}`) }),
  ).catch(() => {});
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const { value, done } = await lines.read();
  if (done) throw new CodedError("exchange", "the loopback exchange ended before it listened: see what it says above");
  const { url, clock } = JSON.parse(value) as Pick<PaperExchange, "url" | "clock">;
  return {
    url,
    clock,
    ended: child.status.then(() => {}),
    async close() {
      await child.stdin.close().catch(() => {});
      await child.status;
    },
  };
}
