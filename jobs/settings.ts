// Reads the sources of the settings: settings.json in the working folder, and the environment.
import { InputError, Secret } from "../engine/errors/mod.ts";
import { type ResolvedSettings, resolveSettings, type Settings, variableOf } from "../engine/settings/mod.ts";

const FILE = "settings.json";

/** Settings that were handed to this process, in place of the sources. */
let given: ResolvedSettings | null = null;

/** Settings as a line, for a process that is to have the same, whatever becomes of the file meanwhile (fault 77). */
export function settingsLine(values: Settings): string {
  const plain = Object.entries(values).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
  return `${JSON.stringify(Object.fromEntries(plain.filter(([, value]) => value !== null)))}\n`;
}

/** Takes the settings of a line for those of this process. @throws {InputError} where it holds none. */
export function adoptSettings(line: string): void {
  let flags: Record<string, unknown>;
  try {
    flags = JSON.parse(line);
  } catch {
    throw new InputError(
      "settings-line",
      "no settings came in by standard input: deno task autopilot start hands them on",
    );
  }
  given = resolveSettings({ flags });
}

/** The settings of this process; `flags` are the command's options by the settings' names. */
export function readSettings(flags: Readonly<Record<string, unknown>> = {}): ResolvedSettings {
  if (given !== null) return given;
  const file = settingsFile();
  return resolveSettings({ ...(file === undefined ? {} : { file }), environment: Deno.env.toObject(), flags });
}

function settingsFile(): { path: string; content: unknown } | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return { path: FILE, content: JSON.parse(text) };
  } catch (cause) {
    throw new InputError("settings-file", `${FILE} is not JSON (${(cause as Error).message}): mend or remove it`, {
      cause,
    });
  }
}

/** The data folder, also where the settings cannot be read: what stops trading must find it (I10). */
export function dataDirAnyhow(note: (sentence: string) => void): string {
  try {
    return readSettings().values.dataDir;
  } catch (error) {
    const dataDir = Deno.env.get(variableOf("dataDir")) ?? dataDirIn(FILE) ?? resolveSettings({}).values.dataDir;
    note(`warning: ${(error as Error).message}; the data folder is taken to be ${dataDir}`);
    return dataDir;
  }
}

/** What a file says of it, whatever else is in there. */
function dataDirIn(path: string): string | null {
  try {
    return /"dataDir"\s*:\s*"([^"\\]+)"/.exec(Deno.readTextFileSync(path))?.[1] ?? null;
  } catch {
    return null;
  }
}
