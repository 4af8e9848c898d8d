import { Command } from "commander";
import { CodedError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";

const COMPILER = "npm:assemblyscript@0.28.9/asc";
const OPTIONS = ["-O3", "--runtime", "stub", "--enable", "simd", "--enable", "threads"];
const MEMORY = ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];

const MODULES = [
  { sources: ["engine/indicators/sma.as"], target: "engine/indicators/sma_wasm.ts", name: "SMA_WASM" },
  { sources: ["engine/series/relation.as"], target: "engine/series/relation_wasm.ts", name: "RELATION_WASM" },
  {
    sources: ["engine/backtest/columns/trial.as", "engine/backtest/columns/equity.as"],
    target: "engine/backtest/columns/trial_wasm.ts",
    name: "TRIAL_WASM",
  },
];

/** `kernels`: compiles what is written in AssemblyScript, and puts it beside its source as text. */
export function kernelsCommand(): Command {
  return new Command("kernels")
    .description("Compile the kernels written in AssemblyScript; needed after a change to one, and the network.")
    .action(async (options: { json?: boolean }) => {
      const made: { sources: readonly string[]; target: string; bytes: number }[] = [];
      for (const { sources, target, name } of MODULES) made.push({ sources, ...await compile(sources, target, name) });
      answer(options, made, () => made.map(({ sources, target }) => `${sources.join(", ")} → ${target}`).join("\n"));
    });
}

/** Compiles the first of some files, which imports the others. */
async function compile(sources: readonly string[], target: string, name: string) {
  const folder = "data/kernels", wasm = `${folder}/kernels.wasm`;
  await Deno.mkdir(folder, { recursive: true });
  // The compiler wants names that the checks of this repository would read as TypeScript.
  const copies = sources.map((source) => `${folder}/${source.split("/").at(-1)!.replace(/\.as$/, ".ts")}`);
  for (const [i, source] of sources.entries()) await Deno.copyFile(source, copies[i]!);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-lock", "--no-config", "-A", COMPILER, copies[0]!, "-o", wasm, ...OPTIONS, ...MEMORY],
    signal: interruption,
  }).output();
  if (!success) throw new CodedError("kernels", `asc: ${new TextDecoder().decode(stderr).trim()}`);
  const lines = (await Deno.readFile(wasm)).toBase64().match(/.{1,110}/g)!.map((part) => `  "${part}",`);
  const text = `// Made of ${sources[0]!.split("/").at(-1)} by \`deno task kernels\`: change that, not this.

/** The module as base64. */
export const ${name}: string = [\n${lines.join("\n")}\n].join("");\n`;
  await Deno.writeTextFile(target, text);
  return { target, bytes: text.length };
}
