// Results of cases in a file, one a line, so that a long run can be stopped and goes on where it was.
import { unlessMissing } from "../../engine/database/mod.ts";

/** A case's result, and what it was tried on. */
interface Line {
  readonly name: string;
  readonly commit: string;
  readonly result: unknown;
}

/** The file of one part. */
export class ReleaseRecord {
  readonly results = new Map<string, unknown>();
  readonly commits = new Set<string>();

  private constructor(readonly path: string, readonly commit: string) {}

  /** @param cases Others that the file may hold are of another list, and are left out. */
  static async open(path: string, commit: string, cases: readonly string[]): Promise<ReleaseRecord> {
    const record = new ReleaseRecord(path, commit), known = new Set(cases);
    for (const text of (await unlessMissing(Deno.readTextFile(path)) ?? "").split("\n")) {
      if (text === "") continue;
      const { name, commit, result } = JSON.parse(text) as Line;
      if (known.has(name)) record.#take(name, commit, result);
    }
    return record;
  }

  async keep(name: string, result: unknown): Promise<void> {
    this.#take(name, this.commit, result);
    const line: Line = { name, commit: this.commit, result };
    await Deno.writeTextFile(this.path, `${JSON.stringify(line)}\n`, { append: true });
  }

  #take(name: string, commit: string, result: unknown): void {
    this.results.set(name, result);
    this.commits.add(commit);
  }
}
