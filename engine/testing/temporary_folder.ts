// Test support only: a folder of its own for each test.

/** Runs `work` with an empty folder, which is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All files below a folder by their paths, with what distinguishes their content: for "nothing has changed". */
export async function filesBelow(folder: string, below = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) Object.assign(files, await filesBelow(folder, `${path}/`));
    else if (!name.endsWith(".lock")) {
      const bytes = await Deno.readFile(`${folder}/${path}`);
      files[path] = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    }
  }
  return files;
}
