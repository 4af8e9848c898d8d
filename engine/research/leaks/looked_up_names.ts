import { type BoundStrategy, RuleStrategy } from "../../strategies/mod.ts";
import { hooksOf } from "./witnessed_strategy.ts";

/** What code may look something up in without it being a list of the user's. */
const USUAL: ReadonlySet<string> = new Set(
  "this context ctx values memory super Math Number Object Array JSON return in of new case typeof await yield".split(
    " ",
  ),
);
const LOOK_UP = /(?<![.\w$])([A-Za-z_$][\w$]*)(?:\??\.[\w$]+)*(?:\??\.)?(?:\[|\.(?:at|get|has|includes)\()/g;

/** True where the text of a strategy looks something up in what is declared outside of it. */
export function looksUp(bound: BoundStrategy): boolean {
  const strategy = bound.create();
  const texts = strategy instanceof RuleStrategy
    ? hooksOf(strategy.rules).map(({ hook }) => String(hook))
    : [String(strategy.constructor)];
  return texts.some((text) =>
    [...text.matchAll(LOOK_UP)].some(([, name]) => !USUAL.has(name!) && !declares(text, name!))
  );
}

/** True where a name is a variable or a parameter within the text. */
function declares(text: string, name: string): boolean {
  const own = name.replace(/\$/g, "\\$");
  return new RegExp(`(?:const|let|var)\\s+${own}\\b|[({,]\\s*${own}\\s*[,)}:=]|\\b${own}\\s*=>`).test(text);
}
