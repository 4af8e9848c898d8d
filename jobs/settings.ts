// Reads the sources of the settings: settings.json in the working folder, and the environment.
import { InputError } from "../engine/errors/mod.ts";
import { type ResolvedSettings, resolveSettings } from "../engine/settings/mod.ts";

const FILE = "settings.json";

/** The settings of this process; `flags` are the command's options by the settings' names. */
export function readSettings(flags: Readonly<Record<string, unknown>> = {}): ResolvedSettings {
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
