// The trials of a study as they are made, so that an interrupted one goes on where it was.
import { InputError } from "../errors/mod.ts";
import { canonicalJson } from "../identity/mod.ts";
import type { SweepTrial } from "../research/mod.ts";
import { exists, folderOf } from "./atomic_file.ts";

/** Where the trials of a study are kept. `id` is a digest over all that decides it: another study has another place. */
export function studyPath(root: string, id: string): string {
  return `${root}/studies/${id}/trials.jsonl`;
}

/**
 * The file of a study: a line a trial, in the order in which they were made. A line that was cut off by a kill is no trial,
 * and is written over.
 */
export class StudyFile {
  #file: Deno.FsFile | null = null;

  constructor(readonly path: string) {}

  /**
   * Opens the file and gives the trials that it has; begins anew unless it is to go on.
   *
   * @throws {InputError} `study` when a line in the middle cannot be read.
   */
  async open(goOn: boolean): Promise<SweepTrial[]> {
    await Deno.mkdir(folderOf(this.path), { recursive: true });
    const text = goOn && await exists(this.path) ? await Deno.readTextFile(this.path) : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const trials = whole.split("\n").slice(0, -1).map((line, i) => trialOf(line, i + 1, this.path));
    this.#file = await Deno.open(this.path, { write: true, create: true, truncate: whole === "" });
    if (whole !== "") {
      const bytes = new TextEncoder().encode(whole).length;
      await this.#file.truncate(bytes);
      await this.#file.seek(bytes, Deno.SeekMode.Start);
    }
    return trials;
  }

  /** Appends trials; they are with the operating system when it returns. */
  async append(trials: readonly SweepTrial[]): Promise<void> {
    const bytes = new TextEncoder().encode(trials.map((trial) => `${canonicalJson(trial)}\n`).join(""));
    for (let done = 0; done < bytes.length;) done += await this.#file!.write(bytes.subarray(done));
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }
}

function trialOf(line: string, number: number, path: string): SweepTrial {
  try {
    return JSON.parse(line) as SweepTrial;
  } catch (cause) {
    throw new InputError("study", `line ${number} of ${path} is damaged: run it again without --resume`, {
      cause,
    });
  }
}
