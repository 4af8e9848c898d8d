// Small changes of the code that nobody chose: where a comparison, a sign, a condition or a statement may be wrong.
import { stripTypeScriptTypes } from "node:module";
import { type Node, parse } from "acorn";
import { SeededRandom } from "../../engine/time/mod.ts";
import type { Mutant } from "./mutant.ts";

/** A stretch of the source and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Any node, as its fields are read by name. */
type Any = Node & Record<string, unknown>;

const SWAPPED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  "++": "--",
  "--": "++",
};

const PARAMETER_FIELD = /(?:\b(?:readonly|private|protected|public)\s+)+(?=\w+\??\s*:)/g;

/** All changes of a file, each by itself. Comments, types, imports and texts stay as they are. */
export function editsOf(source: string): readonly Edit[] {
  // Types become blanks, so that places stay; fields that are parameters would not be types only.
  const plain = source.replace(PARAMETER_FIELD, (words) => words.replace(/\S/g, " "));
  const script = stripTypeScriptTypes(plain), edits: Edit[] = [];
  const tree: Node = parse(script, { ecmaVersion: "latest", sourceType: "module" });
  visit(tree as Any, (node) => {
    const { start, end } = node, own = source.slice(start, end);
    const swap = (left: Any, right: Any) => {
      const operator = node.operator as string, by = SWAPPED[operator];
      const at = source.indexOf(operator, left.end);
      if (by === undefined || at < 0 || at >= right.start || isText(left) || isText(right)) return;
      edits.push({ start: at, end: at + operator.length, text: by });
    };
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression":
      case "AssignmentExpression":
        return swap(node.left as Any, node.right as Any);
      case "UpdateExpression":
        edits.push({ start, end, text: own.replace(/\+\+|--/, (sign) => SWAPPED[sign]!) });
        return;
      case "UnaryExpression":
        if (node.operator === "!") edits.push({ start, end: start + 1, text: "" });
        return;
      case "IfStatement":
      case "ConditionalExpression": {
        const { start, end } = node.test as Any;
        edits.push({ start, end, text: "true" }, { start, end, text: "false" });
        return;
      }
      case "ExpressionStatement": {
        const { type } = node.expression as Any;
        if (type === "CallExpression" || type === "AssignmentExpression") edits.push({ start, end, text: ";" });
        return;
      }
      case "Literal":
        if (typeof node.value === "boolean") edits.push({ start, end, text: `${!node.value}` });
        if (typeof node.value === "number") edits.push({ start, end, text: `${node.value + 1}` });
        if (typeof node.value === "bigint") edits.push({ start, end, text: `${node.value + 1n}n` });
    }
  });
  return edits;
}

/** What is said to people is not behaviour, and what another module names is not this one's. */
const LEFT_ALONE: ReadonlySet<string> = new Set(["ImportDeclaration", "ThrowStatement", "TemplateLiteral"]);

function visit(node: Any, see: (node: Any) => void): void {
  if (LEFT_ALONE.has(node.type)) return;
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && "type" in child) visit(child as Any, see);
    }
  }
}

function isText({ type, value }: Any): boolean {
  return type === "TemplateLiteral" || typeof value === "string";
}

/** So many mutants of files, drawn from all that there are. */
export async function drawnMutants(
  files: readonly string[],
  count: number,
  seed: number,
  root: URL,
): Promise<Mutant[]> {
  const all: Mutant[] = [];
  for (const file of files) {
    const source = await Deno.readTextFile(new URL(file, root));
    editsOf(source).forEach(({ start, end, text }, number) => {
      const line = source.slice(0, start).split("\n").length, was = source.slice(start, end).replace(/\s+/g, " ");
      all.push({
        name: `${file.replaceAll("/", "_").replace(/\.ts$/, "")}_${number}`,
        file,
        source: `${source.slice(0, start)}${text}${source.slice(end)}`,
        change: `${file}:${line} ${was.slice(0, 60)} → ${text || "nothing"}`,
      });
    });
  }
  const random = new SeededRandom(seed), drawn: Mutant[] = [];
  while (drawn.length < count && all.length > 0) drawn.push(...all.splice(Math.floor(random.next() * all.length), 1));
  return drawn;
}
