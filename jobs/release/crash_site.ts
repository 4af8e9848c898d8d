// The services of crash runs: PostgreSQL, where wanted on a disk that can lose its power, and Redis.
import { Cluster, ROLE, StartFailure } from "../../engine/database/cluster.ts";
import { type Database, openDatabase, systemServer, unpackServer } from "../../engine/database/mod.ts";
import { InputError, Secret } from "../../engine/errors/mod.ts";
import { PowerCutDisk } from "../../engine/testing/power_cut_disk.ts";
import { freePort, type RedisServer } from "../../engine/testing/redis_server.ts";

const PASSWORD = "crash", STARTS_MAX = 50;

/** Where runs work: at once, or one after the other where the power is lost. */
export class CrashSite {
  #database: Database | null = null;

  private constructor(
    readonly home: string,
    readonly redis: RedisServer | null,
    readonly disk: PowerCutDisk | null,
    readonly cluster: Cluster,
    readonly port: number,
  ) {}

  /**
   * @param redis Null where nobody asks for it.
   * @param folder One that the database's user can enter.
   * @param losesPower True: the database lies on a disk that can lose its power.
   * @throws {InputError} `power-cut` where such a disk cannot be had.
   */
  static async open(folder: string, redis: RedisServer | null, losesPower: boolean): Promise<CrashSite> {
    const disk = losesPower ? await PowerCutDisk.make(folder) : null;
    if (losesPower && disk === null) {
      throw new InputError("power-cut", "a disk that loses its power needs Linux, root and mkfs.ext4");
    }
    const home = disk?.folder ?? folder;
    await Deno.chmod(home, 0o755);
    await Deno.mkdir(`${home}/db`, { mode: 0o755 });
    await Deno.chown(`${home}/db`, 65_534, 65_534).catch(() => {}); // where we are root, its user is nobody
    const cluster = await Cluster.of(`${home}/db`, await systemServer() ?? await unpackServer());
    await cluster.make(PASSWORD);
    const site = new CrashSite(home, redis, disk, cluster, freePort());
    await site.#start();
    return site;
  }

  get database(): Database {
    return this.#database!;
  }

  get databaseUrl(): string {
    return `postgres://${ROLE}:${PASSWORD}@127.0.0.1:${this.port}/postgres`;
  }

  /** What a process finds in its environment. */
  environment(dataDir: string): Record<string, string> {
    return {
      DATABASE_URL: this.databaseUrl,
      REDIS_URL: this.redis?.url ?? "",
      CRYPTO_TRADER_DATA_DIR: dataDir,
      NO_COLOR: "1",
    };
  }

  /** The database is gone from one moment to the next. */
  async killDatabase(): Promise<void> {
    await this.#kill(await this.#pid());
  }

  async #pid(): Promise<string> {
    return (await Deno.readTextFile(`${this.cluster.data}/postmaster.pid`)).split("\n")[0]!;
  }

  async #kill(pid: string): Promise<void> {
    const { files: { bin }, user } = this.cluster;
    await new Deno.Command(`${bin}/pg_ctl`, { args: ["kill", "KILL", pid], ...user, cwd: "/", stderr: "null" })
      .output();
  }

  /** It is there again, with all that it had confirmed. */
  async reviveDatabase(): Promise<void> {
    await this.#database!.close().catch(() => {});
    await this.#start();
  }

  /** Disk, database and Redis lose their power, and are started again. */
  async losePower(): Promise<void> {
    const pid = await this.#pid(); // nothing can be read of the disk once it is cut off
    await this.disk!.cut(async () => {
      await this.#kill(pid);
      await this.redis?.kill();
    });
    if (!await this.disk!.mount()) throw new Error("the disk cannot be mounted again");
    await this.redis?.start();
    await this.reviveDatabase();
  }

  async close(): Promise<void> {
    await this.#database?.close();
    await this.cluster.stop();
    await this.disk?.unmount();
  }

  async #start(): Promise<void> {
    for (let failures = 1;; failures++) {
      try {
        await this.cluster.start(this.port);
        break;
      } catch (error) {
        // What the server that was killed has left is still dying.
        if (!(error instanceof StartFailure) || failures === STARTS_MAX) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const databaseUrl = new Secret("databaseUrl", this.databaseUrl);
    this.#database = await openDatabase({ databaseUrl, dataDir: this.home });
  }
}
