// How values are written on every page: UTC, a point for decimals, thin groups of thousands, a true minus sign.
import type { MetricUnit } from "./engine.ts";

/** What is written for a value that is not defined. */
export const UNDEFINED = "–";

const decimals = (digits: number) =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const FIXED = [decimals(0), decimals(1), decimals(2), decimals(3)];

/** A number with `digits` decimals, 0 to 3. */
export function number(value: number | null, digits: number): string {
  if (value === null || Number.isNaN(value)) return UNDEFINED;
  const text = FIXED[digits].format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A fraction as a percentage: 0.05 is `5.00 %`. */
export function percent(fraction: number | null, digits = 2): string {
  return fraction === null ? UNDEFINED : `${number(fraction * 100, digits)} %`;
}

/** A percentage that shows its sign. */
export function signedPercent(fraction: number | null, digits = 2): string {
  return `${fraction !== null && fraction > 0 ? "+" : ""}${percent(fraction, digits)}`;
}

/** A price, a quantity or an amount with as many digits as it needs, at most seven that count. */
export function amount(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return number(value, size >= 1e6 || Number.isInteger(value) ? 0 : 2);
  const text = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 }).format(size);
  return value < 0 ? `−${text}` : text;
}

/** A number on an axis: `20k`, `1.5M`, or the amount itself. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${amount(value / 1e6)}M`;
  return size >= 1e4 ? `${amount(value / 1e3)}k` : amount(value);
}

/** Time as `2024-03-01 14:00`, in UTC. */
export function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** Day as `2024-03-01`, in UTC. */
export function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A figure as its unit asks. */
export function figure(value: number | null, unit: MetricUnit): string {
  if (value === null) return UNDEFINED;
  switch (unit) {
    case "fraction":
      return percent(value);
    case "ratio":
      return number(value, 3);
    case "quote":
      return number(value, 2);
    case "days":
      return `${number(value, value < 10 ? 2 : 0)} d`;
    default:
      return number(value, Number.isInteger(value) ? 0 : 1);
  }
}

/** A number that is only roughly known, in words' precision: two digits that count, as `1.7M`. */
export function roughly(value: number): string {
  return compact(Number(value.toPrecision(2)));
}

/** The class that colours a gain or a loss. */
export function signClass(value: number | null): string | undefined {
  return value === null || value === 0 ? undefined : value > 0 ? "gain" : "loss";
}
