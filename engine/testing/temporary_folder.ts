// Test support only: a folder that is gone after the test, and what lies in it.
import { sha256Hex } from "../identity/mod.ts";

/** Runs a test in a new folder. */
export async function inTemporaryFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file below a folder with the digest of its bytes, by path; the writers' lock file is left out. */
export async function filesBelow(folder: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  const walk = async (inner: string): Promise<void> => {
    for await (const entry of Deno.readDir(`${folder}${inner}`)) {
      const path = `${inner}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else if (entry.name !== ".lock") found.push([path, sha256Hex(await Deno.readFile(`${folder}${path}`))]);
    }
  };
  await walk("");
  return Object.fromEntries(found.sort());
}
