// A process that is killed between two changes to the file system.
const CHANGES = ["mkdir", "open", "remove", "rename", "writeTextFile"] as const;

/**
 * Runs `work` in a process that can make so many changes and is dead then: what it still tries does not happen.
 *
 * @returns False when it died.
 */
export async function dyingAfter(changes: number, work: () => Promise<unknown>): Promise<boolean> {
  const whole = { ...Deno }, patched = Deno as unknown as Record<string, unknown>;
  let left = changes, died = false;
  for (const name of CHANGES) {
    patched[name] = (...args: unknown[]) => {
      if (left-- > 0) return (whole[name] as (...args: unknown[]) => unknown)(...args);
      died = true;
      return Promise.reject(new Error("killed"));
    };
  }
  try {
    await work();
  } catch (error) {
    if (!died) throw error;
  } finally {
    for (const name of CHANGES) patched[name] = whole[name];
  }
  return !died;
}
