// Test support only: a disk in memory of a few hundred kilobytes, so that one can be full. Mounting it needs root.
import { inTemporaryFolder } from "./temporary_folder.ts";

/** Bytes of the least that a file takes from such a disk. */
export const PAGE_BYTES = 4096;

/**
 * Runs `work` with the folder of an empty disk of that size, which is gone afterwards.
 *
 * @returns False, with `work` not done, where this process may not mount one; it says so.
 */
export async function onSmallDisk(bytes: number, work: (folder: string) => Promise<void>): Promise<boolean> {
  return await inTemporaryFolder(async (folder) => {
    if (!await mounting("mount", folder, bytes)) {
      console.log("skipped: a small disk cannot be mounted without root's rights");
      return false;
    }
    try {
      await work(folder);
    } finally {
      await mounting("unmount", folder, 0);
    }
    return true;
  });
}

/** Leaves so many pages of a disk free, until the returned file is removed. */
export async function fillUpTo(folder: string, freePages: number, diskBytes: number): Promise<string> {
  const ballast = `${folder}/ballast`, file = await Deno.open(ballast, { create: true, write: true });
  const page = new Uint8Array(PAGE_BYTES);
  let pages = 0;
  try {
    for (; pages * PAGE_BYTES < diskBytes; pages++) await file.write(page);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
  }
  await file.truncate(Math.max(0, pages - freePages) * PAGE_BYTES);
  file.close();
  return ballast;
}

/** In a process of its own, as it calls the system itself. */
async function mounting(what: "mount" | "unmount", folder: string, bytes: number): Promise<boolean> {
  const args = ["run", "-q", "--no-check", "--no-prompt", "--allow-ffi", new URL(import.meta.url).pathname];
  const mounter = new Deno.Command(Deno.execPath(), { args: [...args, what, folder, String(bytes)], stderr: "null" });
  return (await mounter.output()).success;
}

// deno run --allow-ffi engine/testing/small_disk.ts mount|unmount FOLDER BYTES
if (import.meta.main) {
  const [what, folder, bytes] = Deno.args, LAZILY = 2;
  const text = (value: string) => new TextEncoder().encode(`${value}\0`);
  const system = Deno.dlopen("libc.so.6", {
    mount: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
    umount2: { parameters: ["buffer", "i32"], result: "i32" },
  });
  const failed = what === "mount"
    ? system.symbols.mount(text("tmpfs"), text(folder!), text("tmpfs"), 0n, text(`size=${bytes}`))
    : system.symbols.umount2(text(folder!), LAZILY);
  Deno.exitCode = failed === 0 ? 0 : 1;
}
