// The loopback exchange that paper trading uses where no other venue is named: a process of its own, with its own rights.
import { CodedError } from "../../engine/errors/mod.ts";
import { note } from "../output.ts";
import { processCharge } from "../process_charge.ts";
import type { RunningCharge } from "../supervisor.ts";

/** A running one, where it is and how its time passes. */
export interface PaperExchange extends RunningCharge {
  readonly url: string;
  readonly clock: { readonly startMs: number; readonly beganMs: number; readonly speed: number };
}

/** Starts it, and waits until it listens. @throws {CodedError} `exchange` when it ends before. */
export async function startPaperExchange(
  symbols: readonly string[],
  speed: number,
  seed: number,
): Promise<PaperExchange> {
  const listens = Promise.withResolvers<string>(), said = "[exchange] {";
  const running = await processCharge({
    name: "exchange",
    permissions: "exchange",
    hosts: ["127.0.0.1"],
    args: ["exchange", "--json", "--port", "0", "--speed", `${speed}`, "--seed", `${seed}`, "--symbol", ...symbols],
    say: (line) => line.startsWith(said) ? listens.resolve(line.slice(said.length - 1)) : note(line),
  }).start();
  const answer = await Promise.race([listens.promise, running.ended.then(() => null)]);
  if (answer === null) {
    throw new CodedError("exchange", "the loopback exchange ended before it listened: see what it says above");
  }
  return { ...running, ...JSON.parse(answer) as Pick<PaperExchange, "url" | "clock"> };
}
