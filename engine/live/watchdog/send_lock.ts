/**
 * Who of this machine may send for a session, where the database cannot say it: trading processes share the lock while
 * their lease holds, and a watchdog that acts alone has it for itself. The system lifts it when its holder dies. A process
 * that leads by the database's word needs it of nobody.
 */
export class SendLock {
  readonly #file: Deno.FsFile;
  #isHeld = false;

  /** @param isSole True of a watchdog. */
  constructor(folder: string, sessionId: string, readonly isSole: boolean) {
    Deno.mkdirSync(folder, { recursive: true });
    this.#file = Deno.openSync(`${folder}/${sessionId}.lock`, { read: true, write: true, create: true, mode: 0o600 });
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Takes it where nobody is in the way; true where it is held then. */
  hold(): boolean {
    return this.#isHeld ||= this.#file.tryLockSync(this.isSole);
  }

  letGo(): void {
    if (this.#isHeld) this.#file.unlockSync();
    this.#isHeld = false;
  }

  close(): void {
    this.letGo();
    this.#file.close();
  }
}
