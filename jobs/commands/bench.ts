import { Command } from "commander";
import { runPeers } from "../benchmarks/peers.ts";
import { readWalk, seededWalk } from "../benchmarks/walk.ts";
import type { Row } from "../benchmarks/workload.ts";
import { workloads } from "../benchmarks/workloads.ts";
import { UsageError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { answer, note, table } from "../output.ts";

interface Options {
  readonly input?: string;
  readonly peers?: string;
  readonly environments?: string;
  readonly json?: boolean;
}

/** A row of ours with a peer beside it; `ratio` is how many times as fast we are. */
type Comparison = Row & {
  readonly peer?: string;
  readonly peerVersion?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
};

/** `bench`: how fast the hot paths are, beside other tools where they are installed. */
export function benchCommand(): Command {
  return new Command("bench")
    .description("Measure the workloads on a year of one-minute candles, beside other tools where they are installed.")
    .argument("[workloads...]", "which ones; all when none is named")
    .option("--input <dir>", "folder with the peers' walk.npy; without it a walk of our own is made from a seed")
    .option("--peers <dir>", "folder with the peers' scripts; needs --input")
    .option("--environments <dir>", "folder with the peers' virtual environments (default: the parent of --input)")
    .action(async (names: string[], options: Options) => {
      if (options.peers !== undefined && options.input === undefined) {
        throw new UsageError("--peers needs --input: all must run on the same candles");
      }
      const walk = options.input ? await readWalk(`${options.input}/walk.npy`) : seededWalk();
      const rows: Comparison[] = [];
      for (const { name, run } of chosen(names)) {
        note(`measuring ${name} …`);
        rows.push(...await beside(await run(walk), name, options));
        interruption.throwIfAborted();
      }
      answer(options, { rows }, () =>
        table(
          ["workload", "figure", "ours", "unit", "peer", "peer's", "times as fast"],
          rows.map(({ workload, figure, ours, unit, peer = "", peerVersion = "", peerValue, ratio }) => [
            workload,
            figure,
            round(ours),
            unit,
            `${peer} ${peerVersion}`.trim(),
            peerValue === undefined ? "" : round(peerValue),
            ratio === undefined ? "" : round(ratio),
          ]),
        ));
    });
}

function chosen(names: readonly string[]) {
  const unknown = names.find((name) => !workloads.some((workload) => workload.name === name));
  if (unknown === undefined) return workloads.filter(({ name }) => names.length === 0 || names.includes(name));
  throw new UsageError(`unknown workload ${unknown}: known are ${workloads.map(({ name }) => name).join(", ")}`);
}

async function beside(
  ours: readonly Row[],
  workload: string,
  { input, peers, environments }: Options,
): Promise<Comparison[]> {
  if (peers === undefined || input === undefined) return [...ours];
  const places = { scripts: peers, input, environments: environments ?? `${input}/..` };
  const results = await runPeers(workload, places, interruption);
  return ours.flatMap((row): Comparison[] => {
    const measured = results.filter(({ figures }) => figures[row.figure] !== undefined);
    if (measured.length === 0) return [row];
    return measured.map(({ peer, version, figures }) => {
      const peerValue = figures[row.figure];
      const ratio = row.moreIsBetter ? row.ours / peerValue : peerValue / row.ours;
      return { ...row, peer, peerVersion: version, peerValue, ratio };
    });
  });
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
