import { didYouMean, InputError } from "../errors/mod.ts";
import { settingNames, type Settings, settingsSchema, settingText } from "./schema.ts";

/** Where a value came from; `place` is the file, the variable or the flag. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file" | "environment" | "flag"; readonly place: string };

/** The three sources, weakest first. The caller reads the file and the environment: this module does no I/O. */
export interface SettingsSources {
  /** The content of the settings file, parsed from JSON, and the path it was read from. */
  readonly file?: { readonly path: string; readonly content: unknown };
  /** Environment variables; those that begin with `CRYPTO_TRADER_`, and those of services, are looked at. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values of command line options by the setting's name; `undefined` is an option that was not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Settings, and for each the source that won. */
export interface ResolvedSettings {
  readonly values: Settings;
  readonly origins: Readonly<Record<keyof Settings, Origin>>;
}

const PREFIX = "CRYPTO_TRADER_";

/** The environment variable of a setting: `dataDir` is `CRYPTO_TRADER_DATA_DIR`, `databaseUrl` is `DATABASE_URL`. */
export function variableOf(name: string): string {
  const own = isSetting(name) ? settingText(name).variable : undefined;
  return own ?? PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The command line option of a setting: `dataDir` is `--data-dir`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Default < file < environment < flag. Every value of every source is checked, also one that a stronger source hides.
 * Throws {@linkcode InputError} that names the setting or unknown key, where it stands and what is accepted.
 */
export function resolveSettings({ file, environment = {}, flags = {} }: SettingsSources): ResolvedSettings {
  const values: Record<string, unknown> = settingsSchema.parse({});
  const origins: Record<string, Origin> = Object.fromEntries(settingNames.map((name) => [name, { kind: "default" }]));
  const take = (name: string, value: unknown, origin: Origin & { place: string }) => {
    values[name] = checked(name as keyof Settings, value, origin);
    origins[name] = origin;
  };

  for (const [name, value] of Object.entries(fileEntries(file))) {
    const place = file!.path;
    if (!isSetting(name)) throw unknown(name, place, settingNames);
    take(name, value, { kind: "file", place });
  }
  const byVariable = new Map<string, string>(settingNames.map((name) => [variableOf(name), name]));
  for (const [place, text] of Object.entries(environment)) {
    const name = byVariable.get(place), isOwn = place.startsWith(PREFIX);
    // The variables of services are everybody's: empty, as other programs set them, says nothing.
    if (!isOwn && (name === undefined || text === "")) continue;
    if (name === undefined) throw unknown(place, "the environment", byVariable.keys());
    take(name, text, { kind: "environment", place });
  }
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    if (!isSetting(name)) throw unknown(flagOf(name), "the command line", settingNames.map(flagOf));
    take(name, value, { kind: "flag", place: flagOf(name) });
  }
  return { values, origins } as ResolvedSettings;
}

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(settingsSchema.shape, name);
}

function fileEntries(file: SettingsSources["file"]): Record<string, unknown> {
  const content = file?.content ?? {};
  if (typeof content === "object" && !Array.isArray(content)) return content as Record<string, unknown>;
  throw new InputError("settings-file", `${file!.path} must hold one JSON object, as in {"port": 3000}`);
}

/** The value as its setting wants it. Outside of JSON everything is text, so text may stand for a number. */
function checked(name: keyof Settings, value: unknown, origin: Origin & { place: string }): unknown {
  const field = settingsSchema.shape[name];
  const forms = origin.kind !== "file" && typeof value === "string" && value.trim() !== ""
    ? [value, Number(value)]
    : [value];
  for (const form of forms) {
    const result = field.safeParse(form);
    if (result.success && form !== undefined) return result.data;
  }
  const { accepts, secret } = settingText(name);
  const given = secret ? "this value" : JSON.stringify(value) ?? String(value);
  throw new InputError("settings-value", `${origin.place}: ${given} cannot be ${name}, which accepts ${accepts}`);
}

function unknown(name: string, place: string, names: Iterable<string>): InputError {
  const known = [...names];
  const suggestion = didYouMean(name, known);
  return new InputError(
    "settings-unknown",
    `unknown setting ${name} in ${place}${suggestion || `: known are ${known.join(", ")}`}`,
  );
}
