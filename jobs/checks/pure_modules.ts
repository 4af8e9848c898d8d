// A plugin of `deno lint`: the pure modules of the engine must give the same answer on every machine, at any hour. So
// time, chance, files and the network are arguments, and so is every function whose last bit differs between hosts.
/// <reference lib="deno.unstable" />
import { exceptions, pureModules } from "./architecture.ts";
import { isTest, moduleOf } from "./import_rules.ts";

const BANNED = new Set(
  ("Deno console crypto fetch globalThis Intl navigator performance process queueMicrotask require self setImmediate " +
    "setInterval setTimeout BroadcastChannel EventSource SharedWorker WebSocket Worker XMLHttpRequest").split(" "),
);
const EXACT = new Set(
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(" "),
);
const LOCAL =
  /^([gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)|getTimezoneOffset|toLocale\w+|localeCompare)$/;

const HINTS = {
  effect: "take it as an argument (a port), or list the file with its reason in jobs/checks/architecture.ts",
  number: "hosts differ in its last bit: use + − × ÷ √, or the engine's own WebAssembly",
  local: "it depends on the machine's time zone or language: use the UTC form, or compare with < and >",
};

/** The path from `engine/` on. */
function pathOf(filename: string): string {
  return filename.replace(/^.*\/(?=engine\/)/, "");
}

/** True where an identifier names the global, not a property or a key. */
function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent as unknown as {
    type: string;
    property?: unknown;
    key?: unknown;
    value?: unknown;
    computed?: boolean;
  };
  if (parent.type === "MemberExpression") return parent.property !== node || parent.computed === true;
  if (
    /^(Property|MethodDefinition|PropertyDefinition|TSPropertySignature|TSMethodSignature|TSEnumMember)$/.test(
      parent.type,
    )
  ) {
    return parent.key !== node || parent.computed === true;
  }
  return !/^(ImportSpecifier|ExportSpecifier|TSQualifiedName|TSTypeReference|LabeledStatement)$/.test(parent.type);
}

/** `Date` and `Math` may be named only before a dot, `Date` also in `new Date(x)` and `instanceof Date`. */
function misused(node: Deno.lint.Identifier): string | undefined {
  const parent = node.parent;
  if (
    parent.type === "MemberExpression" && parent.object === node && parent.property.type === "Identifier" &&
    !parent.computed
  ) {
    const name = `${node.name}.${parent.property.name}`;
    if (node.name === "Date") return name === "Date.now" ? name : undefined;
    return EXACT.has(parent.property.name) ? undefined : name;
  }
  if (node.name === "Date") {
    if (parent.type === "NewExpression" && parent.callee === node) {
      return parent.arguments.length > 0 ? undefined : "new Date()";
    }
    if (parent.type === "BinaryExpression" && parent.operator === "instanceof") return undefined;
  }
  return node.name;
}

/** Powers that are exact on every host: of bigints, and of the literal 2. */
function isExactPower({ left, right }: { left: Deno.lint.Node; right: Deno.lint.Node }): boolean {
  return isBigInt(left) || isBigInt(right) || (left.type === "Literal" && left.value === 2);
}

/** `crypto.subtle.digest` alone of its kind gives the same bytes everywhere. */
function isDigest(node: Deno.lint.Identifier): boolean {
  const { parent } = node, call = parent.type === "MemberExpression" ? parent.parent : undefined;
  return node.name === "crypto" && parent.type === "MemberExpression" && parent.property.type === "Identifier" &&
    parent.property.name === "subtle" && call?.type === "MemberExpression" && call.property.type === "Identifier" &&
    call.property.name === "digest";
}

function isBigInt(node: Deno.lint.Node): boolean {
  if (node.type === "Literal") return typeof node.value === "bigint";
  return node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "BigInt";
}

export default {
  name: "crypto-trader",
  rules: {
    pure: {
      create(context) {
        const path = pathOf(context.filename), module = moduleOf(path);
        if (module === undefined || !pureModules.has(module) || isTest(path)) return {};
        const allowed = new Set(exceptions.filter((entry) => entry.path === path).flatMap((entry) => entry.uses));
        const report = (node: Deno.lint.Node, name: string, hint: string) => {
          if (!allowed.has(name)) context.report({ node, message: `${name} in the pure module ${module}`, hint });
        };
        return {
          Identifier(node) {
            if (!isReference(node)) return;
            if (BANNED.has(node.name) && !isDigest(node)) report(node, node.name, HINTS.effect);
            if (node.name !== "Date" && node.name !== "Math") return;
            const name = misused(node);
            if (name !== undefined) report(node, name, /^Math\.(?!random)/.test(name) ? HINTS.number : HINTS.effect);
          },
          MemberExpression(node) {
            if (node.computed || node.property.type !== "Identifier" || !LOCAL.test(node.property.name)) return;
            report(node, node.property.name, HINTS.local);
          },
          BinaryExpression(node) {
            if (node.operator === "**" && !isExactPower(node)) {
              report(node, "**", HINTS.number);
            }
          },
          AssignmentExpression(node) {
            if (node.operator === "**=" && !isExactPower(node)) report(node, "**=", HINTS.number);
          },
        };
      },
    },
  },
} satisfies Deno.lint.Plugin;
