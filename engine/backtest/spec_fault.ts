// What is wrong with a run spec, in words for whoever wrote it.
import { z } from "zod";
import { assert, didYouMean } from "../errors/mod.ts";

type Issue = z.core.$ZodIssue;

/**
 * The first thing that is wrong: the field, its value and what it takes; for a name that does not exist, the one that may
 * be meant.
 */
export function specFault(schema: z.ZodType, { issues: [issue] }: z.ZodError, spec: unknown): string {
  const { path, message } = issue!;
  const place = path.length > 0 ? `"${path.join(".")}" of the run spec` : "the run spec";
  if (issue!.code === "unrecognized_keys") {
    const [name] = issue!.keys as [string], names = namesIn(schemaAt(schema, path));
    const meant = didYouMean(name, names) || (names.length > 0 ? `: it has ${names.join(", ")}` : ": leave it out");
    return `${place} has no "${name}"${meant}`;
  }
  const value = valueAt(spec, path), taken = takenBy(issue!, schemaAt(schema, path));
  if (taken === null) return `${place} cannot be used: ${message}`;
  if (value === undefined) return `${place} is missing: state ${taken}`;
  return `${place} is ${JSON.stringify(value) ?? String(value)}: use ${taken}`;
}

/** What a field takes, as far as it can be told; null where only the schema's own message tells. */
function takenBy(issue: Issue, own: z.ZodType | undefined): string | null {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(", ")}`;
    case "invalid_union": {
      const names = kindsOf(own, issue.path.at(-1));
      return names.length === 0 ? null : `one of ${names.join(", ")}`;
    }
    case "invalid_type":
      return own instanceof z.ZodNumber ? numberRange(own) : TYPES[issue.expected] ?? null;
    case "too_small":
    case "too_big":
      if (issue.origin === "number" || issue.origin === "int") return numberRange(own, issue);
      if (issue.origin !== "array") return null;
      return issue.code === "too_small" ? `a list of ${issue.minimum} or more` : `a list of at most ${issue.maximum}`;
    default:
      return null;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

interface Bound {
  readonly check: string;
  readonly value: number;
  readonly inclusive: boolean;
}

/** `a number above 0, up to 125`: of the whole range where the schema is known, else of the bound that was missed. */
function numberRange(own: z.ZodType | undefined, issue?: Issue): string {
  const known = own instanceof z.ZodNumber;
  const bounds = known
    ? (own.def.checks ?? []).map(({ _zod }) => _zod.def as unknown as Bound)
    : issue === undefined
    ? []
    : [missedBound(issue)];
  const parts = bounds.flatMap(({ check, value, inclusive }) =>
    check === "greater_than"
      ? [`${inclusive ? "from" : "above"} ${value}`]
      : check === "less_than"
      ? [`${inclusive ? "up to" : "below"} ${value}`]
      : []
  );
  return [known && own.format !== null ? "a whole number" : "a number", parts.join(", ")].filter(Boolean).join(" ");
}

function missedBound(issue: Issue): Bound {
  if (issue.code === "too_small") {
    return { check: "greater_than", value: Number(issue.minimum), inclusive: issue.inclusive === true };
  }
  assert(issue.code === "too_big", "only a bound can be missed");
  return { check: "less_than", value: Number(issue.maximum), inclusive: issue.inclusive === true };
}

/** The names of a choice of objects, which each begin with their kind. */
function kindsOf(own: z.ZodType | undefined, kind: PropertyKey | undefined): string[] {
  if (!(own instanceof z.ZodDiscriminatedUnion)) return [];
  return own.options.flatMap((option) => {
    const literal = option instanceof z.ZodObject ? option.shape[String(kind)] : undefined;
    return literal instanceof z.ZodLiteral ? [String(literal.value)] : [];
  });
}

function valueAt(spec: unknown, path: readonly PropertyKey[]): unknown {
  let own = spec as Record<PropertyKey, unknown> | null | undefined;
  for (const part of path) own = own?.[part] as typeof own;
  return own;
}

/** The schema at a place; of a choice, the choice itself for its kind, and nothing for what lies deeper. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let own: unknown = schema;
  for (const part of [...path, null]) {
    while (
      own instanceof z.ZodOptional || own instanceof z.ZodExactOptional || own instanceof z.ZodDefault ||
      own instanceof z.ZodPrefault || own instanceof z.ZodNullable || own instanceof z.ZodReadonly
    ) {
      own = own.unwrap();
    }
    if (part === null || own instanceof z.ZodDiscriminatedUnion) break;
    own = own instanceof z.ZodArray ? own.element : own instanceof z.ZodObject ? own.shape[part as string] : undefined;
  }
  return own as z.ZodType | undefined;
}

/** Names of the fields of an object; none of anything else. */
function namesIn(own: z.ZodType | undefined): string[] {
  return own instanceof z.ZodObject ? Object.keys(own.shape).filter((name) => name !== "run") : [];
}
