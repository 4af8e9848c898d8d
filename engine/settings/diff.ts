import { Secret } from "../errors/mod.ts";
import { settingNames, type Settings } from "./schema.ts";

/** One setting that differs. */
export interface SettingChange {
  readonly name: keyof Settings;
  readonly before: unknown;
  readonly after: unknown;
}

/** What changes from `before` to `after`, in the order of the schema. */
export function diffSettings(before: Settings, after: Settings): SettingChange[] {
  return settingNames.filter((name) => !isSame(before[name], after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
}

function isSame(before: unknown, after: unknown): boolean {
  return before instanceof Secret ? before.equals(after) : Object.is(before, after);
}
