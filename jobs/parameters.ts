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

/** A truth value, a number or a word. */
export function parameterValue(text: string): number | string | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** A number of any size. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}

/** A whole number from 0 up. */
export function whole(text: string): number {
  const value = number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number from 0 up.`);
}

const DAYS = { h: 1 / 24, d: 1, w: 7 } as const;

/** A length of time in days: `90d`, `12w`, `36h`, or a number of days. */
export function dayCount(text: string): number {
  const [, count, unit = "d"] = /^(\d+(?:\.\d+)?)([hdw])?$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * DAYS[unit as keyof typeof DAYS];
  throw new InvalidArgumentError(`"${text}" is no length of time: write it as 90d, 12w or 36h.`);
}
