// One Jupyter kernel of Deno as a process of its own on loopback, from its start to its certain end.
import { resolve } from "node:path";
import { CodedError } from "../../engine/errors/mod.ts";
import { type CellOutput, CellOutputs } from "./cell_outputs.ts";
import { decodeMessage, encodeRequest, type JupyterMessage } from "./jupyter_message.ts";
import { type SocketType, ZmtpSocket } from "./zmtp_socket.ts";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 60_000;
const RETRY_MS = 25;
const STARTS = 3;

/** The kernel ends itself when the process that started it is gone, however that ended. */
const WATCHDOG = `{
  const parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => { if (Deno.ppid !== parent) Deno.exit(1); }, 500));
}`;

/** Where and how a kernel runs. */
export interface KernelOptions {
  /** Working folder of the cells, from which relative imports count, too. */
  readonly folder: string;
  /** Folder for the short-lived file that tells the kernel its ports and the key. */
  readonly scratch: string;
  /** Ends the kernel when it is aborted; what waits for the kernel then throws the reason. */
  readonly signal: AbortSignal;
}

/** What came of a cell. */
export interface CellRun {
  readonly outputs: readonly CellOutput[];
  /** Name and message of what it threw. */
  readonly thrown: { readonly name: string; readonly message: string } | undefined;
}

/** A running kernel; `await using` ends it. */
export class Kernel implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #sockets: ZmtpSocket[] = [];
  readonly #key: string;
  readonly #session = crypto.randomUUID();
  readonly #replies = new Map<string, (reply: JupyterMessage) => void>();
  /** Rejects when no answer can come any more. */
  readonly #end = Promise.withResolvers<never>();
  #hear: (message: JupyterMessage) => void = () => {};
  #shell!: ZmtpSocket;

  private constructor(process: Deno.ChildProcess, key: string) {
    this.#process = process;
    this.#key = key;
    this.#end.promise.catch(() => {}); // it may reject while nobody waits
    process.status.then(({ code }) => this.#end.reject(ended(code)));
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * @throws {CodedError} `kernel` when it does not come up.
   */
  static async start(options: KernelOptions): Promise<Kernel> {
    for (let attempt = 1;; attempt++) {
      options.signal.throwIfAborted();
      try {
        return await Kernel.#startOnce(options);
      } catch (error) { // another program may have taken a port between our look and the kernel's start
        if (attempt === STARTS || options.signal.aborted) throw error;
      }
    }
  }

  static async #startOnce({ folder, scratch, signal }: KernelOptions): Promise<Kernel> {
    const key = crypto.randomUUID(), ports = freePorts(5);
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    await Deno.mkdir(scratch, { recursive: true });
    const secret = await Deno.makeTempDir({ dir: resolve(scratch), prefix: "kernel_" });
    try {
      const connection = { shell_port, iopub_port, stdin_port, control_port, hb_port, ip: HOST, transport: "tcp" };
      const file = `${secret}/connection.json`;
      await Deno.writeTextFile(file, JSON.stringify({ ...connection, key, signature_scheme: "hmac-sha256" }));
      const process = new Deno.Command(Deno.execPath(), {
        args: ["jupyter", "--kernel", "--conn", file],
        cwd: folder,
        env: { NO_COLOR: "1", TZ: "UTC" }, // outputs without colour codes, the same everywhere
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const kernel = new Kernel(process, key);
      signal.addEventListener("abort", () => kernel.#end.reject(signal.reason), { once: true });
      try {
        await kernel.#within(START_LIMIT_MS, kernel.#connect(shell_port, iopub_port), silent);
      } catch (error) {
        await kernel[Symbol.asyncDispose]();
        throw error;
      }
      return kernel;
    } finally {
      await Deno.remove(secret, { recursive: true });
    }
  }

  /**
   * Runs the code of a cell to its end and gives all that it showed.
   *
   * @throws {CodedError} `kernel` when it takes longer than `limitMs` or ends the kernel; the kernel is then of no use.
   */
  async execute(code: string, executionCount: number, limitMs: number): Promise<CellRun> {
    const outputs = new CellOutputs(executionCount);
    return await this.#within(limitMs, this.#execute(code, outputs), tooLong);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    for (const socket of this.#sockets) socket.close();
    await this.#process.status;
  }

  async #execute(code: string, outputs: CellOutputs): Promise<CellRun> {
    this.#hear = (message) => outputs.add(message);
    const { content } = await this.#executeRequest(code);
    await this.#drain();
    if (content.status !== "error") return { outputs: outputs.list, thrown: undefined };
    const { ename, evalue, traceback } = content as { ename: string; evalue: string; traceback: string[] };
    const unread = evalue === "Execution failed" && traceback.length === 0;
    const message = unread ? "the code cannot be read: mend its syntax" : evalue;
    return { outputs: outputs.list, thrown: { name: unread ? "SyntaxError" : ename, message } };
  }

  /**
   * Waits for all that the last cell has published. The kernel says that it is idle through another queue than the one
   * its outputs wait in, so they may come later; what is published after a mark of our own is behind them all.
   */
  async #drain(): Promise<void> {
    const mark = crypto.randomUUID(), hear = this.#hear, seen = Promise.withResolvers<void>();
    this.#hear = (message) => {
      const { data } = message.content as { data?: Record<string, unknown> };
      if (data?.[mark] === undefined) hear(message);
      else seen.resolve();
    };
    const shown = JSON.stringify({ data: { [mark]: "" }, metadata: {}, transient: {} });
    await this.#executeRequest(`await Deno.jupyter.broadcast("display_data", ${shown});`);
    await seen.promise;
    this.#hear = () => {};
  }

  async #connect(shellPort: number, iopubPort: number): Promise<void> {
    this.#shell = await this.#open(shellPort, "DEALER");
    const published = await this.#open(iopubPort, "SUB");
    this.#listen(this.#shell, (reply) => this.#replies.get(reply.about ?? "")?.(reply));
    this.#listen(published, (message) => this.#hear(message));
    const heard = Promise.withResolvers<void>();
    this.#hear = () => heard.resolve();
    let subscribed = false;
    heard.promise.then(() => subscribed = true);
    while (!subscribed) { // what is published before the kernel knows of the subscription is lost
      await this.#request("kernel_info_request", {});
      await Promise.race([heard.promise, pause(RETRY_MS)]);
    }
    await this.#executeRequest(WATCHDOG);
    await this.#drain();
  }

  async #open(port: number, type: SocketType): Promise<ZmtpSocket> {
    for (;;) {
      try {
        const socket = await ZmtpSocket.connect(port, type);
        this.#sockets.push(socket);
        return socket;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await Promise.race([pause(RETRY_MS), this.#end.promise]);
      }
    }
  }

  async #listen(socket: ZmtpSocket, take: (message: JupyterMessage) => void): Promise<void> {
    try {
      for (let parts = await socket.receive(); parts !== undefined; parts = await socket.receive()) {
        take(decodeMessage(this.#key, parts));
      }
    } catch (error) {
      this.#end.reject(error);
    }
  }

  #executeRequest(code: string): Promise<JupyterMessage> {
    return this.#request("execute_request", {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    });
  }

  async #request(type: string, content: unknown): Promise<JupyterMessage> {
    const id = crypto.randomUUID(), reply = Promise.withResolvers<JupyterMessage>();
    this.#replies.set(id, reply.resolve);
    await this.#shell.send(encodeRequest(this.#key, { id, session: this.#session, type }, content));
    return await reply.promise.finally(() => this.#replies.delete(id));
  }

  async #within<T>(limitMs: number, work: Promise<T>, tooLate: (limitMs: number) => CodedError): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(tooLate(limitMs)), limitMs);
    work.catch(() => {}); // it may fail after the race is lost
    try {
      return await Promise.race([work, late.promise, this.#end.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function ended(code: number): CodedError {
  return new CodedError(
    "kernel",
    `its kernel ended with status ${code}: look for a call that ends it, or for its memory`,
  );
}

function silent(limitMs: number): CodedError {
  return new CodedError("kernel", `the kernel has said nothing for ${limitMs / 1000} s: see if "deno jupyter" starts`);
}

function tooLong(limitMs: number): CodedError {
  return new CodedError("kernel", `it took longer than ${limitMs / 1000} s: give it more with --timeout`);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Ports that nobody listens on at the moment. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: HOST, port: 0 }));
  for (const listener of listeners) listener.close();
  return listeners.map(({ addr }) => addr.port);
}
