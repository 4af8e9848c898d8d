// Results of worlds in a file, one a line, so that a long run can be stopped and goes on where it was.
import { InputError } from "../engine/errors/mod.ts";
import type { WorldResult } from "../engine/live/mod.ts";

/** The file, or nothing where none is named. */
export class WorldRecord {
  private constructor(readonly path: string | undefined, readonly results: readonly WorldResult[]) {}

  /** @throws {InputError} `record` for a file that holds something else. */
  static async open(path: string | undefined): Promise<WorldRecord> {
    if (path === undefined) return new WorldRecord(path, []);
    let text = "";
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    try {
      return new WorldRecord(path, text.split("\n").filter(Boolean).map((line) => JSON.parse(line)));
    } catch (error) {
      throw new InputError("record", `${path} holds something else than results of worlds: name another file`, {
        cause: error,
      });
    }
  }

  has(seed: number): boolean {
    return this.results.some((result) => result.seed === seed);
  }

  async add(result: WorldResult): Promise<void> {
    if (this.path !== undefined) await Deno.writeTextFile(this.path, `${JSON.stringify(result)}\n`, { append: true });
  }
}
