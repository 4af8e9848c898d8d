import { Command } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { fuzzWire, WIRE_SHAPES, type WireFuzz } from "../../engine/exchanges/mod.ts";
import { countOf } from "../fetching/fetch_flags.ts";
import { answer, note, table } from "../output.ts";

/** `wire-fuzz`: mutated answers of venues through the adapters, as many as a release wants. */
export function wireFuzzCommand(): Command {
  return new Command("wire-fuzz")
    .description("Send mutated answers of venues through the adapters: nothing that is wrong may come past them.")
    .argument("[adapters...]", `which ones: ${Object.keys(WIRE_SHAPES).join(", ")}; all when none is named`)
    .option("--frames <count>", "answers for each", "1000000")
    .option("--seed <number>", "another one draws other mutations", "20261126")
    .action(async (names: string[], options: { frames: string; seed: string; json?: boolean }) => {
      const unknown = names.find((name) => !Object.hasOwn(WIRE_SHAPES, name));
      if (unknown !== undefined) {
        throw new InputError("adapter", `there are no recorded answers of ${unknown}: see --help`);
      }
      const frames = countOf("--frames", options.frames, 1, 1e9),
        seed = countOf("--seed", options.seed, 0, 2 ** 32 - 1);
      const results: WireFuzz[] = [];
      for (const name of names.length > 0 ? names : Object.keys(WIRE_SHAPES)) {
        note(`fuzzing ${name} …`);
        results.push(await fuzzWire(name, frames, seed));
      }
      answer(options, { results }, () =>
        table(
          ["adapter", "answers", "taken in", "turned away", "escaped", "heap MiB at most"],
          results.map((own) => [
            own.adapter,
            own.frames,
            own.accepted,
            own.refused,
            own.escaped.length,
            Math.ceil(own.heapMaxBytes / 2 ** 20),
          ]),
        ));
      const escaped = results.flatMap((own) => own.escaped.map((text) => `${own.adapter} ${text}`));
      if (escaped.length > 0) {
        throw new InputError("wire-fuzz", `${escaped.length} came past, the first: ${escaped[0]}`);
      }
    });
}
