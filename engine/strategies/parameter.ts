import { InputError } from "../errors/mod.ts";

/** A parameter's type, default and allowed values. */
export type Parameter =
  | { readonly type: "integer" | "number"; readonly default: number; readonly min: number; readonly max: number }
  | { readonly type: "boolean"; readonly default: boolean }
  | { readonly type: "choice"; readonly default: string; readonly choices: readonly string[] };

/** Parameters by name. */
export type ParameterSchema = Readonly<Record<string, Parameter>>;

/** A parameter's value as it comes from a command line, a spec or a search. */
export type ParameterValue = number | string | boolean;

/** The type of a resolved parameter. */
export type ValueOf<P extends Parameter> = P extends { type: "boolean" } ? boolean
  : P extends { type: "choice"; choices: readonly (infer C)[] } ? C
  : number;

/** Resolved parameters of a schema. */
export type ValuesOf<S extends ParameterSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };

interface NumberRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** A whole number between `min` and `max`, both allowed. */
export function integer(range: NumberRange): NumberRange & { readonly type: "integer" } {
  return { type: "integer", ...range };
}

/** A number between `min` and `max`, both allowed. */
export function number(range: NumberRange): NumberRange & { readonly type: "number" } {
  return { type: "number", ...range };
}

/** Yes or no. */
export function boolean(
  options: { readonly default: boolean },
): { readonly type: "boolean"; readonly default: boolean } {
  return { type: "boolean", ...options };
}

/** One of a few words. */
export function choice<const C extends string>(
  options: { readonly default: NoInfer<C>; readonly choices: readonly C[] },
): { readonly type: "choice"; readonly default: C; readonly choices: readonly C[] } {
  return { type: "choice", ...options };
}

/**
 * Fills in defaults and checks every given value; texts (from a command line) are read as the parameter's type.
 *
 * @throws {InputError} `parameter` naming the strategy, the parameter and what it accepts.
 */
export function resolveParameters<S extends ParameterSchema>(
  owner: string,
  schema: S,
  given: Readonly<Record<string, ParameterValue>>,
): ValuesOf<S> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schema, name)) {
      const known = Object.keys(schema).join(", ") || "none";
      throw new InputError("parameter", `${owner} has no parameter "${name}": it has ${known}`);
    }
  }
  const values = Object.entries(schema).map(([name, parameter]) =>
    [name, Object.hasOwn(given, name) ? checked(owner, name, parameter, given[name]!) : parameter.default] as const
  );
  return Object.freeze(Object.fromEntries(values)) as ValuesOf<S>;
}

function checked(owner: string, name: string, parameter: Parameter, given: ParameterValue): ParameterValue {
  const refuse = (accepted: string) =>
    new InputError("parameter", `parameter ${name} of ${owner} cannot be "${given}": it takes ${accepted}`);
  switch (parameter.type) {
    case "boolean":
      if (given === true || given === "true") return true;
      if (given === false || given === "false") return false;
      throw refuse("true or false");
    case "choice":
      if (typeof given === "string" && parameter.choices.includes(given)) return given;
      throw refuse(`one of ${parameter.choices.join(", ")}`);
    default: {
      const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
      const whole = parameter.type === "integer";
      const fits = typeof value === "number" && value >= parameter.min && value <= parameter.max;
      if (fits && (!whole || Number.isInteger(value))) return value;
      throw refuse(`a ${whole ? "whole number" : "number"} from ${parameter.min} to ${parameter.max}`);
    }
  }
}
