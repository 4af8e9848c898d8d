// Test support only: worker processes that can be killed.
const SCRIPT = decodeURIComponent(new URL("./task_process.ts", import.meta.url).pathname);

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  /** @param url Address of the database. */
  constructor(url: string) {
    const rights = ["--allow-read", "--ignore-env", "--allow-net=127.0.0.1", "--allow-sys"];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-check", "--no-prompt", ...rights, SCRIPT, url],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits until it has said something: that it is ready, or works on a task. False when it has ended. */
  async heard(what: string): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) return false;
      if (value.includes(what)) return true;
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#lines.cancel();
  }
}
