// Test support only: a disk that can lose its power. What was not synced to it is gone then, as the file system itself
// drops it. Making and mounting one needs root and Linux.

const BYTES = 768 * 1024 * 1024;

/** An ext4 file system in a file, mounted at a folder. */
export class PowerCutDisk {
  readonly folder: string;
  readonly #image: string;

  private constructor(readonly place: string) {
    this.folder = `${place}/disk`;
    this.#image = `${place}/image`;
  }

  /** Makes one below a folder; null where this process may not. */
  static async make(place: string): Promise<PowerCutDisk | null> {
    const disk = new PowerCutDisk(place);
    await Deno.mkdir(disk.folder, { recursive: true });
    await Deno.writeFile(disk.#image, new Uint8Array());
    await Deno.truncate(disk.#image, BYTES);
    const isMade = await succeeds("mkfs.ext4", ["-q", "-F", disk.#image]) && await disk.mount();
    return isMade ? disk : null;
  }

  /** Mounts it, which takes the file system back to what was durable. */
  async mount(): Promise<boolean> {
    return await succeeds("mount", ["-o", "loop", this.#image, this.folder]);
  }

  /**
   * Lets it lose its power: whatever is written from here on fails, and what was not synced is lost. Mount it again.
   *
   * @param kill Ends whoever has files of it open, which lose their power, too.
   */
  async cut(kill: () => Promise<void>): Promise<void> {
    const args = [
      "run",
      "-q",
      "--no-check",
      "--no-prompt",
      "--allow-ffi",
      new URL(import.meta.url).pathname,
      this.folder,
    ];
    if (!await succeeds(Deno.execPath(), args)) throw new Error("the file system could not be shut down");
    await kill();
    await this.unmount();
  }

  /** A server that has just died may have its files open for a moment. */
  async unmount(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await succeeds("umount", [this.folder])) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.folder} could not be unmounted`);
  }
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

// deno run --allow-ffi engine/testing/power_cut_disk.ts FOLDER
if (import.meta.main) {
  // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH of the kernel's fs/ext4/ext4.h.
  const SHUTDOWN = 0x8004587dn, WITHOUT_FLUSH = new Uint32Array([2]);
  const system = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  });
  const file = system.symbols.open(new TextEncoder().encode(`${Deno.args[0]}\0`), 0);
  Deno.exitCode = file >= 0 && system.symbols.ioctl(file, SHUTDOWN, WITHOUT_FLUSH) === 0 ? 0 : 1;
}
