// Readers of option values, for commander's `option(flags, description, reader)`.
import { InvalidArgumentError } from "commander";

/** Collects `--param name=value …` into a record of numbers; later ones win. */
export function parameter(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, value] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || !Number.isFinite(Number(value))) {
    throw new InvalidArgumentError(`"${text}" is not NAME=NUMBER, as in fast=10.`);
  }
  return { ...before, [name]: Number(value) };
}

/** A finite number. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}
