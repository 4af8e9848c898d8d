import { unlessMissing } from "../../engine/database/mod.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Hash of the commit that is checked out; `unknown` outside of a repository. */
export async function commitHash(): Promise<string> {
  const noted = await unlessMissing(Deno.readTextFile(`${ROOT}.git`).catch(() => null)); // a file in a worktree
  const folder = noted === null ? `${ROOT}.git` : noted.replace(/^gitdir: /, "").trim();
  const shared = (await unlessMissing(Deno.readTextFile(`${folder}/commondir`)))?.trim() ?? ".";
  const head = (await unlessMissing(Deno.readTextFile(`${folder}/HEAD`)))?.trim() ?? "unknown";
  const [, name] = /^ref: (.*)$/.exec(head) ?? [];
  if (name === undefined) return head;
  const common = shared.startsWith("/") ? shared : `${folder}/${shared}`;
  const loose = await unlessMissing(Deno.readTextFile(`${common}/${name}`));
  if (loose !== null) return loose.trim();
  const packed = await unlessMissing(Deno.readTextFile(`${common}/packed-refs`)) ?? "";
  return packed.split("\n").find((line) => line.endsWith(` ${name}`))?.split(" ")[0] ?? "unknown";
}
