// How figures are said in the sentences of a verdict.
import type { Figure } from "../../metrics/mod.ts";

/** `12 %`, `0.4 %`; a dash where there is no figure. */
export function percent(fraction: Figure, digits = Math.abs(fraction ?? 1) < 0.1 ? 1 : 0): string {
  return fraction === null ? "–" : `${signed(fraction * 100, digits)} %`;
}

/** A ratio with two digits. */
export function ratio(value: Figure): string {
  return value === null ? "–" : signed(value, 2);
}

/** `4.2 million`, `950,000`, rounded to two digits that count. */
export function amount(value: number): string {
  if (value >= 1e9) return `${twoDigits(value / 1e9)} billion`;
  if (value >= 1e6) return `${twoDigits(value / 1e6)} million`;
  return grouped(Number(value.toPrecision(2)));
}

/** 12500 as `12,500`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `2017`, `2017 and 2020`, `2017, 2018 and 2020`. */
export function listed(parts: readonly (string | number)[]): string {
  const last = parts.length - 1;
  return last < 1 ? parts.join("") : `${parts.slice(0, last).join(", ")} and ${parts[last]}`;
}

function signed(value: number, digits: number): string {
  const [whole, ...rest] = Math.abs(value).toFixed(digits).split("."),
    text = [grouped(Number(whole)), ...rest].join(".");
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

function twoDigits(value: number): string {
  return value >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(2)));
}
