// The life of the embedded server, shared by every process that works with one data folder: the first one starts it, the
// others find it, the last one that leaves stops it. Tested in embedded_server_test.ts.
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { CodedError, InputError, Secret } from "../errors/mod.ts";
import { Cluster, HOME_NOTE, notRunning, ROLE, StartFailure } from "./cluster.ts";
import { asHolderOf, isThere, openLock, unlessMissing } from "./file_lock.ts";
import { probe } from "./probe.ts";
import { type ServerFiles, unpackServer } from "./server_files.ts";

const PATIENCE_MS = 60_000, RETRY_MS = 100;
/** Failures at the same start that pass: the port was taken meanwhile, or what a killed server left is still dying. */
const STARTS_MAX = 60;

/** Where a server listens. */
export interface ServerAddress {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
}

/** A process's share in the server of a folder. */
export class EmbeddedServer {
  #port: number | null = null;
  #asking: Promise<ServerAddress> | null = null;

  private constructor(
    readonly folder: string,
    readonly files: () => Promise<ServerFiles>,
    readonly share: Deno.FsFile,
  ) {}

  /**
   * Takes part in the server of a folder: it will run at least until {@linkcode EmbeddedServer.leave}, or be started
   * again.
   *
   * @param folder `data/db`; made where it is missing.
   * @param files The programs; without, those of the embedded package.
   */
  static async join(folder: string, files: () => Promise<ServerFiles> = unpackServer): Promise<EmbeddedServer> {
    if (!await isThere(folder)) await Deno.mkdir(folder, { recursive: true, mode: 0o755 });
    const share = await openLock(`${folder}/users.lock`);
    try {
      await share.lock(false);
      const server = new EmbeddedServer(folder, files, share);
      await server.address();
      return server;
    } catch (error) {
      share.close();
      throw error;
    }
  }

  /** Where the server listens; it is started where it does not. */
  async address(): Promise<ServerAddress> {
    if (this.#port !== null) return this.#addressOn(this.#port);
    this.#asking ??= this.#findOrStart().finally(() => this.#asking = null);
    return await this.#asking;
  }

  /** To be told when a connection broke: the next one looks again. */
  doubt(): void {
    this.#port = null;
  }

  /** Ends this process's share. The server stops with the last one, where that may run its programs. */
  async leave(): Promise<void> {
    await asHolderOf(`${this.folder}/start.lock`, async () => {
      await this.share.unlock();
      try {
        if (!await this.share.tryLock(true)) return;
        const port = await this.#notedPort();
        // Only a server that has proven to be ours is stopped: the number in PostgreSQL's file may be anybody's.
        if (port === null || await probe(port, (await this.#password()).reveal()) !== "ours") return;
        await (await Cluster.of(this.folder, await this.files())).stop();
      } catch (error) {
        // Whoever may not start it may not stop it either: the next process that may will find it.
        if (!(error instanceof CodedError && error.code === "postgres-not-running")) throw error;
      } finally {
        this.share.close();
      }
    });
  }

  get #notePath(): string {
    return `${this.folder}/server.json`;
  }

  async #findOrStart(): Promise<ServerAddress> {
    const noted = await this.#notedPort();
    const isFound = noted !== null && await probe(noted, (await this.#password()).reveal()) === "ours";
    this.#port = isFound ? noted : await asHolderOf(`${this.folder}/start.lock`, () => this.#start()).catch((error) => {
      throw error instanceof Deno.errors.NotCapable ? notRunning(this.folder, error) : error;
    });
    return await this.#addressOn(this.#port);
  }

  /** Under the lock of starters: finds the server, whoever started it, or starts it. */
  async #start(): Promise<number> {
    const password = (await this.#password()).reveal(), cluster = await Cluster.of(this.folder, await this.files());
    await cluster.make(password);
    for (let failures = 1;; failures++) {
      const running = await this.#running(cluster, password);
      if (running !== null) return await this.#noted(running);
      const port = await this.#freePort();
      try {
        await cluster.start(port);
        return await this.#noted(port);
      } catch (error) {
        if (!(error instanceof StartFailure) || !passes(error) || failures === STARTS_MAX) throw error;
        // PostgreSQL believes a number in its file that another process may have by now; nobody has answered for long.
        if (failures % 10 === 0 && /postmaster\.pid/.test(error.said)) await cluster.forgetServer();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** The port of a server that runs, be it still starting; null when there is none. */
  async #running(cluster: Cluster, password: string): Promise<number | null> {
    for (const port of new Set([await this.#notedPort(), await cluster.statedPort()])) {
      if (port === null) continue;
      for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += RETRY_MS) {
        const answer = await probe(port, password);
        if (answer === "ours") return port;
        if (answer !== "busy") break;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return null;
  }

  /** The port of last time where it is free, so that what is kept elsewhere stays right. */
  async #freePort(): Promise<number> {
    const noted = await this.#notedPort();
    return (noted === null ? null : freePort(noted)) ?? freePort(0)!;
  }

  async #notedPort(): Promise<number | null> {
    const text = await unlessMissing(Deno.readTextFile(this.#notePath));
    if (text === null) return null;
    try {
      const { port } = JSON.parse(text);
      return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
    } catch {
      return null; // cut off when its writer was killed
    }
  }

  async #noted(port: number): Promise<number> {
    if (port !== await this.#notedPort()) {
      await Deno.writeTextFile(`${this.#notePath}.part`, JSON.stringify({ port }));
      await Deno.rename(`${this.#notePath}.part`, this.#notePath);
    }
    return port;
  }

  async #addressOn(port: number): Promise<ServerAddress> {
    return { host: "127.0.0.1", port, user: ROLE, password: await this.#password() };
  }

  /** The password of the folder's server, in a file that only its owner can read; drawn by the first to need it. */
  async #password(): Promise<Secret> {
    const path = `${this.folder}/password`;
    const refuseOther = (cause: unknown) => {
      if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
      const remedy = `run this as that user, or give ${this.folder} to yours (chown -R)`;
      throw new InputError("postgres-owner", `the database in ${this.folder} is another user's: ${remedy}`, { cause });
    };
    const read = async () => {
      const text = await unlessMissing(Deno.readTextFile(path).catch(refuseOther));
      return text === null ? null : new Secret("database password", text);
    };
    return await read() ?? await asHolderOf(`${this.folder}/password.lock`, async () => {
      const kept = await read();
      if (kept !== null) return kept;
      if (await isThere(`${this.folder}/cluster`) || await isThere(`${this.folder}/${HOME_NOTE}`)) {
        throw new InputError("postgres-password", `${path} is missing: restore it from your backup of ${this.folder}`);
      }
      const text = Buffer.from(randomBytes(24)).toString("base64url");
      await Deno.writeTextFile(`${path}.part`, text, { mode: 0o600 });
      await Deno.rename(`${path}.part`, path);
      return new Secret("database password", text);
    });
  }
}

/** True of failures that the next attempt, on another port or a moment later, may not meet. */
function passes({ said }: StartFailure): boolean {
  return /Address already in use|could not bind|shared memory block|postmaster\.pid|another server might be running/i
    .test(said);
}

/** The port, or any where 0 is asked for; null where it is taken. */
function freePort(port: number): number | null {
  try {
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    const { port: free } = listener.addr as Deno.NetAddr;
    listener.close();
    return free;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    throw error;
  }
}
