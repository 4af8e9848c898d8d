// Readers of option values, for commander's `option(flags, description, reader)`.
import { InvalidArgumentError } from "commander";

/** Parameters by name, as a strategy or an indicator takes them. */
export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** Collects `--param name=value …` into a record; `true` and `false` are truth values, numbers are numbers. Later ones win. */
export function parameter(text: string, before: Parameters = {}): Parameters {
  const [, name, value] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not NAME=VALUE, as in fast=10.`);
  return { ...before, [name]: parameterValue(value) };
}

function parameterValue(text: string): number | string | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
