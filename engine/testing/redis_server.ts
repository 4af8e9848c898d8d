// Test support only: a real Redis on a free loopback port, to be killed, hung and started again.
import { requireOrSkip } from "./shared_data.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

/** A server that a test has for itself. */
export class RedisServer {
  #child: Deno.ChildProcess | null = null;

  private constructor(readonly port: number, readonly folder: string, readonly save: string) {}

  /** Works with a server that is gone afterwards; where Redis is not installed the test is skipped. */
  static async with(work: (server: RedisServer) => Promise<void>, save = ""): Promise<void> {
    if (!requireOrSkip("services", await isInstalled(), "redis-server")) return;
    await inTemporaryFolder(async (folder) => {
      const server = new RedisServer(freePort(), folder, save);
      try {
        await server.start();
        await work(server);
      } finally {
        await server.kill();
      }
    });
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it on its port, with what it has saved. */
  async start(): Promise<void> {
    const args = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.folder, "--save", this.save];
    this.#child = new Deno.Command("redis-server", { args, stdout: "null", stderr: "null" }).spawn();
    while (!(await isListening(this.port))) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    child.kill("SIGKILL");
    await child.status;
  }

  /** Ends it in peace: it saves what it has. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill("SIGTERM");
    await child?.status;
  }

  /** Lets it hang, its connections open. */
  pause(): void {
    this.#child!.kill("SIGSTOP");
  }

  resume(): void {
    this.#child!.kill("SIGCONT");
  }
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await new Deno.Command("redis-server", { args: ["--version"], stdout: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

/** A port that nobody uses at the moment. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
