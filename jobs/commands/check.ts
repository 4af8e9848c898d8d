import { Command } from "commander";
import { checks } from "../checks/checks.ts";
import type { Finding } from "../checks/finding.ts";
import { interruption } from "../interruption.ts";
import { answer, note, table } from "../output.ts";

const ROOT = new URL("../../", import.meta.url);

/** `check`: the rules of the repository, as a program. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Check format, lint, types, imports, banned names and the examples in comments.")
    .action(async (options) => {
      const done: { name: string; passed: boolean; seconds: number; findings: Finding[] }[] = [];
      for (const { name, run } of checks) {
        const startMs = performance.now();
        const findings = await run(ROOT, interruption);
        for (const { path, line, message, remedy } of findings) note(`${path}:${line} ${message}\n  → ${remedy}`);
        const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1));
        done.push({ name, passed: findings.length === 0, seconds, findings });
      }
      answer(
        options,
        { checks: done },
        () =>
          table(
            ["check", "result", "seconds"],
            done.map(({ name, passed, seconds, findings }) => [
              name,
              passed ? "passed" : `${findings.length} found`,
              seconds,
            ]),
          ),
      );
      if (done.some(({ passed }) => !passed)) Deno.exitCode = 1;
    });
}
