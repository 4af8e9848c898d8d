import { z } from "zod";
import type { Trial } from "./trial.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/, "it is not SHA-256 in 64 hexadecimal digits");
const name = z.string().min(1);

const SCHEMA = z.strictObject({
  hash,
  source: name,
  family: z.strictObject({ strategy: name, instrument: name, timeframe: name }),
  codeHash: hash,
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  data: z.strictObject({ sha256: hash, fromMs: z.int(), toMs: z.int() }),
  returns: z.strictObject({
    count: z.int().min(0),
    sharpe: z.number().nullable(),
    skewness: z.number().nullable(),
    kurtosis: z.number().nullable(),
  }),
  metrics: z.record(z.string(), z.number().nullable()),
  resultHash: hash,
});

/** What keeps a value from being a trial, in words; null of a trial. */
export function trialFault(value: unknown): string | null {
  const { error } = SCHEMA.safeParse(value);
  if (error === undefined) return null;
  const { path, message } = error.issues[0]!;
  return `"${path.join(".")}": ${message}`;
}

/** True of a trial as the ledger keeps it. */
export function isTrial(value: unknown): value is Trial {
  return trialFault(value) === null;
}
