import { isSha256Hex } from "../identity/mod.ts";
import type { Trial } from "./trial.ts";

type Holds = (value: unknown) => boolean;

const isName: Holds = (value) => typeof value === "string" && value !== "";
const isWhole: Holds = (value) => Number.isSafeInteger(value);
const isFigure: Holds = (value) => value === null || Number.isFinite(value);
const isParameter: Holds = (value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
const all = (holds: Holds): Holds => (value) =>
  typeof value === "object" && value !== null && Object.values(value).every(holds);

const HASH = [isSha256Hex, "it is not SHA-256 in 64 hexadecimal digits"] as const;
const NAME = [isName, "it is not a name"] as const;
const TIME = [isWhole, "it is not a time in ms"] as const;
const FIGURE = [isFigure, "it is neither a finite number nor null"] as const;

/** What each part of a trial has to be; checked one by one, because a sweep has thousands of trials at once. */
const PARTS: readonly (readonly [path: string, read: (trial: Trial) => unknown, holds: Holds, otherwise: string])[] = [
  ["hash", (trial) => trial.hash, ...HASH],
  ["source", (trial) => trial.source, ...NAME],
  ["family.strategy", (trial) => trial.family.strategy, ...NAME],
  ["family.instrument", (trial) => trial.family.instrument, ...NAME],
  ["family.timeframe", (trial) => trial.family.timeframe, ...NAME],
  ["codeHash", (trial) => trial.codeHash, ...HASH],
  ["params", (trial) => trial.params, all(isParameter), "its values are not numbers, texts and truth values"],
  ["data.sha256", (trial) => trial.data.sha256, ...HASH],
  ["data.fromMs", (trial) => trial.data.fromMs, ...TIME],
  ["data.toMs", (trial) => trial.data.toMs, ...TIME],
  ["returns.count", (trial) => trial.returns.count, (value) => isWhole(value) && Number(value) >= 0, "it is no count"],
  ["returns.sharpe", (trial) => trial.returns.sharpe, ...FIGURE],
  ["returns.skewness", (trial) => trial.returns.skewness, ...FIGURE],
  ["returns.kurtosis", (trial) => trial.returns.kurtosis, ...FIGURE],
  ["metrics", (trial) => trial.metrics, all(isFigure), "its values are not finite numbers or null"],
  ["resultHash", (trial) => trial.resultHash, ...HASH],
];

/** What keeps a value from being a trial, in words; null of a trial. */
export function trialFault(value: unknown): string | null {
  const trial = value as Trial;
  for (const name of ["family", "data", "returns"] as const) {
    if (typeof trial?.[name] !== "object" || trial[name] === null) return `it has no "${name}"`;
  }
  for (const [path, read, holds, otherwise] of PARTS) if (!holds(read(trial))) return `"${path}": ${otherwise}`;
  return null;
}

/** True of a trial as the ledger keeps it. */
export function isTrial(value: unknown): value is Trial {
  return trialFault(value) === null;
}
