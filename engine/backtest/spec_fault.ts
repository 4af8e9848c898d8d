// What is wrong with a run spec, in words for whoever wrote it.
import { z } from "zod";
import { didYouMean } from "../errors/mod.ts";

/** The first thing that is wrong, with the field and, for a name that does not exist, the one that may be meant. */
export function specFault(schema: z.ZodType, { issues: [issue] }: z.ZodError): string {
  const { path, message } = issue!;
  const place = path.length > 0 ? `"${path.join(".")}" of the run spec` : "the run spec";
  if (issue!.code !== "unrecognized_keys") return `${place} cannot be used: ${message}`;
  const [name] = issue!.keys as [string], names = namesAt(schema, path);
  const meant = didYouMean(name, names) || (names.length > 0 ? `: it has ${names.join(", ")}` : ": leave it out");
  return `${place} has no "${name}"${meant}`;
}

/** Names of the fields at a place; none where the schema leaves a choice. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let own: unknown = schema;
  for (const part of [...path, null]) {
    while (own instanceof z.ZodOptional || own instanceof z.ZodDefault || own instanceof z.ZodPrefault) {
      own = own.unwrap();
    }
    if (part === null) break;
    own = own instanceof z.ZodArray ? own.element : own instanceof z.ZodObject ? own.shape[part as string] : undefined;
  }
  return own instanceof z.ZodObject ? Object.keys(own.shape).filter((name) => name !== "run") : [];
}
