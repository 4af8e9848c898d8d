import { Command, InvalidArgumentError } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { answer, table } from "../output.ts";
import { bugsPart } from "../release/bugs.ts";
import { crashPart } from "../release/crash.ts";
import { killPart } from "../release/kill.ts";
import { loadPart } from "../release/load.ts";
import { twoLeadersPart } from "../release/two_leaders.ts";
import { paperPart } from "../release/paper.ts";
import { propertiesPart } from "../release/properties.ts";
import type { ReleasePart } from "../release/release_part.ts";
import { type TriedPart, tryPart } from "../release/tried_part.ts";
import { worldPart } from "../release/world.ts";

interface Flags {
  readonly shard: readonly [number, number];
  readonly json?: boolean;
}

const PARTS: readonly ReleasePart[] = [
  crashPart as ReleasePart,
  twoLeadersPart as ReleasePart,
  paperPart as ReleasePart,
  worldPart as ReleasePart,
  bugsPart as ReleasePart,
  propertiesPart as ReleasePart,
  loadPart as ReleasePart,
  killPart as ReleasePart,
];

/** `release`: the tests at length that stand before a release. */
export function releaseCommand(): Command {
  return new Command("release")
    .description(`Try at length what the tests try in short: ${PARTS.map((own) => own.name).join(", ")}.`)
    .argument("[parts...]", "which; all unless stated")
    .option("--shard <i/n>", "only the i-th of n shares of the cases, for several machines", shard, [1, 1])
    .action(run);
}

async function run(names: readonly string[], flags: Flags): Promise<void> {
  const parts = names.length === 0 ? PARTS : names.map((name) => {
    const found = PARTS.find((own) => own.name === name);
    if (found === undefined) throw new InputError("part", `there is no part "${name}": ${PARTS.map((p) => p.name)}`);
    return found;
  });
  const results: TriedPart[] = [];
  for (const part of parts) results.push(await tryPart(part, flags.shard, interruption));
  answer(
    flags,
    results,
    () =>
      table(
        ["part", "cases", "of", "holds", "figures"],
        results.map((own) => [own.part, own.tried, own.cases, own.holds ? "yes" : "NO", JSON.stringify(own.figures)]),
      ),
  );
  if (results.some(({ holds }) => !holds)) throw new InputError("release", "not every part keeps to its bar");
}

function shard(text: string): readonly [number, number] {
  const [own, of] = text.split("/").map(Number);
  if (!(own! >= 1 && own! <= of!)) throw new InvalidArgumentError(`"${text}" is no share as in 1/4.`);
  return [own!, of!];
}
