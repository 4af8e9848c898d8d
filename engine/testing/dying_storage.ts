// Test support only: a writer that dies between two changes to its storage.
import type { Storage } from "../lake/mod.ts";

/**
 * Runs `work` on a storage in which so many changes happen, and no further ones.
 *
 * @returns False when the work died of that.
 */
export async function dyingStorage(
  storage: Storage,
  changes: number,
  work: (dying: Storage) => Promise<unknown>,
): Promise<boolean> {
  let left = changes, died = false;
  const change = <A extends unknown[], T>(does: (...args: A) => Promise<T>) => (...args: A): Promise<T> => {
    if (left-- > 0) return does(...args);
    died = true;
    return Promise.reject(new Error("killed"));
  };
  const dying: Storage = {
    root: storage.root,
    scratch: storage.scratch,
    database: (...args) => storage.database(...args),
    read: (path) => storage.read(path),
    stamp: (path) => storage.stamp(path),
    names: (...args) => storage.names(...args),
    async stage(path) {
      const staged = await storage.stage(path);
      return {
        path: staged.path,
        seal: () => staged.seal(),
        commit: change(() => staged.commit()),
        discard: () => staged.discard(),
      };
    },
    replace: change((...args) => storage.replace(...args)),
    move: change((...args) => storage.move(...args)),
    remove: change((path) => storage.remove(path)),
    clearParts: change((path) => storage.clearParts(path)),
    exclusively: (...args) => storage.exclusively(...args),
  };
  try {
    await work(dying);
  } catch (error) {
    if (!died) throw error;
  }
  return !died;
}
