import { Command } from "commander";
import { tmpdir } from "node:os";
import { serverPrograms, systemServer, unpackServer } from "../../engine/database/mod.ts";
import { sourceFolders } from "../checks/source_files.ts";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";
import { closingLine, type TestCounts, testCounts } from "../test_report.ts";

const ROOT = new URL("../../", import.meta.url);
/** An S3 server in Python, where it is installed. */
const S3_SERVER = decodeURIComponent(new URL("data/.python/bin/moto_server", ROOT).pathname);

/** A Python with PySpark, for the test that Spark reads the lake. */
const SPARK_PYTHON = decodeURIComponent(new URL("data/.spark/bin/python3", ROOT).pathname);

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
      "test",
      "--quiet",
      "--parallel",
      "--no-check", // deno task check looks at types
      `--junit-path=${report}`,
      "--preload=engine/testing/random_seed.ts",
      "--ignore=jobs/commands/test.ts", // a command, whatever its name
      "--permission-set=tests",
      "--no-prompt",
      // a flag replaces the set's own list
      `--allow-run=${[
        Deno.execPath(),
        "chromium",
        "redis-server",
        S3_SERVER,
        SPARK_PYTHON,
        ...await serversOfTests(),
      ]}`,
      `--allow-write=data,${tmpdir()},/var/lib/crypto-trader`, // the last: databases of root
      "--allow-read",
      "--ignore-read=/proc", // Playwright looks for WSL there, which Deno grants to none but --allow-all
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

/** Programs of the database servers that tests start; the embedded one is unpacked for them. */
async function serversOfTests(): Promise<string[]> {
  const installed = [await unpackServer(), await systemServer()];
  return installed.flatMap((files) => files === null ? [] : serverPrograms(files));
}
