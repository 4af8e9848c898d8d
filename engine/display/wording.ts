// How values are written: UTC, a point for decimals, a true minus sign.
import type { MetricUnit } from "../metrics/mod.ts";

/** What is written for a value that is not known or not defined. */
const UNKNOWN = "–";

/** A number with so many decimals. */
export function fixed(value: number | null, digits: number): string {
  if (value === null || Number.isNaN(value)) return UNKNOWN;
  return written(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A fraction as a percentage: 0.05 is `5.00 %`. */
export function percentage(fraction: number | null): string {
  return fraction === null ? UNKNOWN : `${fixed(fraction * 100, 2)} %`;
}

/** A figure as its unit asks. */
export function figure(value: number | null, unit: MetricUnit): string {
  if (value === null) return UNKNOWN;
  if (unit === "fraction") return percentage(value);
  if (unit === "days") return `${fixed(value, value < 10 ? 2 : 0)} d`;
  if (unit === "ratio") return fixed(value, 3);
  return unit === "quote" ? fixed(value, 2) : fixed(value, Number.isInteger(value) ? 0 : 1);
}

/** A price, a quantity or any other number with as many digits as it needs, at most seven that count. */
export function amount(value: number): string {
  if (Number.isNaN(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (Number.isInteger(value)) return written(value, {});
  return size >= 1e5 ? fixed(value, 1) : written(value, { maximumSignificantDigits: 7 });
}

/** Time as `2024-03-01 14:00`, a midnight as `2024-03-01`, in UTC. */
export function moment(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

/** Any value of a table. */
export function wording(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (typeof value === "number") return amount(value);
  if (value instanceof Date) return moment(value.getTime());
  return String(value);
}

/** Thousands are set apart from five digits on, so that a year stays one. */
function written(value: number, options: Intl.NumberFormatOptions): string {
  return value.toLocaleString("en-US", { ...options, useGrouping: "min2" }).replace("-", "−");
}
