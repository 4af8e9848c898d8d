import { Command } from "commander";
import { CodedError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";

const COMPILER = "npm:assemblyscript@0.28.9/asc";
const OPTIONS = ["-O3", "--runtime", "stub", "--enable", "simd", "--enable", "threads"];
const MEMORY = ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];

/** `kernels`: compiles what is written in AssemblyScript, and puts it beside its source as text. */
export function kernelsCommand(): Command {
  return new Command("kernels")
    .description("Compile the kernels written in AssemblyScript; needed after a change to one, and the network.")
    .action(async (options: { json?: boolean }) => {
      const source = "engine/series/relation.as", target = "engine/series/relation_wasm.ts";
      const folder = "data/kernels", wasm = `${folder}/relation.wasm`;
      await Deno.mkdir(folder, { recursive: true });
      // The compiler wants a name that the checks of this repository would read as TypeScript.
      await Deno.copyFile(source, `${folder}/relation.ts`);
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-q",
          "--no-lock",
          "--no-config",
          "-A",
          COMPILER,
          `${folder}/relation.ts`,
          "-o",
          wasm,
          ...OPTIONS,
          ...MEMORY,
        ],
        signal: interruption,
      }).output();
      if (!success) throw new CodedError("kernels", `asc: ${new TextDecoder().decode(stderr).trim()}`);
      const lines = (await Deno.readFile(wasm)).toBase64().match(/.{1,110}/g)!.map((part) => `  "${part}",`);
      const head = `// Made of ${source.split("/").at(-1)} by \`deno task kernels\`: change that, not this.`;
      const text = `${head}\n\n/** The module as base64. */\nexport const RELATION_WASM: string = [\n${
        lines.join("\n")
      }\n].join("");\n`;
      await Deno.writeTextFile(target, text);
      answer(options, { source, target, bytes: text.length }, () => `${source} → ${target}`);
    });
}
