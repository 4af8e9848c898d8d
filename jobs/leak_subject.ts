// What the leak finder is to look at: a strategy that the program knows, or what a file of the user's exports.
import { InputError } from "../engine/errors/mod.ts";
import type { LeakSubject } from "../engine/leaks.ts";
import { isPipeline } from "../engine/research/mod.ts";
import { findStrategy } from "./registry.ts";
import { userFile } from "./user_file.ts";

/** True for what names a file: `peek.ts`, `./mine/peek.ts#second`. */
export function isFile(name: string): boolean {
  return /[/\\]|\.[cm]?[jt]sx?(#.*)?$/.test(name);
}

/**
 * The strategy of an id, or what a file exports: its default, its only one, or the one named after `#`. A function
 * stands for what it makes of the candles.
 *
 * @throws {InputError} `strategy` or `subject-file` saying what is there.
 */
export async function leakSubject(name: string): Promise<LeakSubject> {
  if (!isFile(name)) return findStrategy(name);
  const [path, wanted] = name.split("#") as [string, string?];
  const refuse = (message: string, cause?: unknown) => new InputError("subject-file", `${path} ${message}`, { cause });
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await userFile(path);
  } catch (cause) {
    const { code, message } = cause as Error & { code?: string };
    throw refuse(
      code === "ERR_MODULE_NOT_FOUND" ? "is not there: check the path" : `cannot be loaded: ${message}`,
      cause,
    );
  }
  const found = Object.entries(exported).filter(([, value]) => isSubject(value));
  const names = found.map(([own]) => own).join(", ") || "nothing of the kind";
  if (wanted !== undefined && found.every(([own]) => own !== wanted)) {
    throw refuse(`exports no strategy or pipeline "${wanted}": there is ${names}`);
  }
  const chosen = wanted ?? (found.length === 1 ? found[0]![0] : "default");
  const subject = found.find(([own]) => own === chosen)?.[1];
  if (subject !== undefined) return subject as LeakSubject;
  throw refuse(
    found.length === 0
      ? "exports no strategy and no pipeline: export what defineStrategy or definePipeline gives, or a function that makes it"
      : `exports ${names}: name one, as in ${path}#${found[0]![0]}`,
  );
}

function isSubject(value: unknown): boolean {
  if (typeof value === "function") return !/^class\b/.test(String(value));
  return isPipeline(value) || (typeof value === "object" && value !== null && "bind" in value);
}
