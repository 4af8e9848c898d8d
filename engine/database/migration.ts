import { sha256Hex } from "../identity/mod.ts";

/** A step from one form of the tables to the next. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Statements, separated by semicolons. Names without a schema are ours. */
  readonly sql: string;
}

/** SHA-256 of a step: one that was applied must still be the same. */
export function checksumOf({ version, name, sql }: Migration): string {
  return sha256Hex(`${version} ${name}\n${sql}`);
}
