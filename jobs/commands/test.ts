import { Command } from "commander";
import { sourceFolders } from "../checks/source_files.ts";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";
import { testArguments } from "../test_arguments.ts";
import { closingLine, type TestCounts, testCounts } from "../test_report.ts";

const ROOT = new URL("../../", import.meta.url);
/** One more than there are processors: files that start processes mostly wait for them. */
const FILES_AT_ONCE = navigator.hardwareConcurrency + 1;

/** `test`: Deno's test runner with the permission set `tests`, and a last line that programs can read. */
export function testCommand(): Command {
  return new Command("test")
    .description("Run the tests: all of them, or those below the given paths.")
    .argument("[paths...]", "files or folders, as in engine/money")
    .option("--filter <text>", "only tests with this text, or /pattern/, in their name")
    .action(async (paths: string[], options: { filter?: string; json?: boolean }) => {
      await Deno.mkdir(new URL("data", ROOT), { recursive: true });
      const scratch = await Deno.makeTempDir({ dir: decodeURIComponent(new URL("data", ROOT).pathname) });
      try {
        const counts = await runTests(paths, options, scratch);
        answer(options, counts, () => closingLine(counts));
        if (counts.failed > 0) Deno.exitCode = 1;
      } finally {
        await Deno.remove(scratch, { recursive: true });
      }
    });
}

async function runTests(
  paths: string[],
  options: { filter?: string; json?: boolean },
  scratch: string,
): Promise<TestCounts> {
  const report = `${scratch}/report.xml`;
  const runner = new Deno.Command(Deno.execPath(), {
    args: [
      ...await testArguments(),
      "--parallel",
      `--junit-path=${report}`,
      ...(options.filter === undefined ? [] : ["--filter", options.filter]),
      ...(paths.length > 0 ? paths : sourceFolders(ROOT)),
    ],
    cwd: ROOT,
    env: {
      CRYPTO_TRADER_LEDGER: `${scratch}/trials.jsonl`, // what tests try is no research
      DENO_JOBS: `${FILES_AT_ONCE}`,
    },
    stdout: "piped",
    signal: interruption,
  }).spawn();
  const out = options.json ? Deno.stderr : Deno.stdout;
  let text = "";
  for await (const chunk of runner.stdout.pipeThrough(new TextDecoderStream())) {
    out.writeSync(new TextEncoder().encode(chunk));
    text += chunk;
  }
  const { success } = await runner.status;
  interruption.throwIfAborted();
  return testCounts(await Deno.readTextFile(report), text, success);
}
