import { Command } from "commander";
import { openDatabase } from "../../engine/database/mod.ts";
import { Vault } from "../../engine/security/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import type { NotificationDesk } from "../../engine/notifications/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { databaseCharge } from "../database_charge.ts";
import { deadLetterCharge } from "../dead_letter_charge.ts";
import { channelsOf, LAST_NOTICES_MS, openDesk, tellFailure } from "../notices.ts";
import { operatorDesk } from "../operator_desk.ts";
import { answer, note } from "../output.ts";
import { whole } from "../parameters.ts";
import { processCharge } from "../process_charge.ts";
import { SecretInput } from "../secret_input.ts";
import { cachePart } from "../service_health.ts";
import { serviceHosts, venueHosts } from "../service_hosts.ts";
import { sessionsCharge } from "../sessions_charge.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { type Charge, type ChargeFailure, type ChargeState, Supervisor } from "../supervisor.ts";
import { telegramCharge } from "../telegram_charge.ts";
import { vaultIn, vaultKeyOf } from "../vault_access.ts";

interface Flags {
  readonly json?: boolean;
  readonly workers: number;
  readonly concurrency: number;
  readonly unlocked?: boolean;
}

/** `start`: keeps the embedded database, workers and the scheduler running, until Ctrl-C stops all. */
export function startCommand(): Command {
  return new Command("start")
    .description("Run the database, workers and the scheduler, and start again what dies; Ctrl-C stops all of them.")
    .option("--workers <count>", "processes that work on tasks", whole, 1)
    .option("--concurrency <count>", "tasks of each kind that each of them works on at once", whole, 1)
    .option("--unlocked", "trade with accounts of venues too: what unlock prints opens the vault, by standard input")
    .action(run);
}

async function run({ workers, concurrency, unlocked, ...flags }: Flags): Promise<void> {
  const settings = readSettings().values, stop = new AbortController(), channels = channelsOf(settings);
  const desk = openDesk(settings, channels), onFailure = (failure: ChargeFailure) => tellFailure(desk, failure);
  const sessions = sessionsCharge({
    ...{
      settings,
      open: opener(settings),
      onFailure,
      openVault: unlocked ? await vaultOpener(settings.dataDir) : null,
    },
    tell: (notice) => void desk.send(notice),
  });
  const states = () => [...supervisor.states, ...sessions.states()];
  const supervisor: Supervisor = new Supervisor(
    [...await charges(settings, workers, concurrency), sessions, ...noticeCharges(settings, desk, states)],
    { clock: systemClock, note, onFailure },
  );
  void untilStopped(false).then(() => {
    note("stopping: each process lets go of its work first");
    stop.abort();
  });
  const ended = await supervisor.run(stop.signal);
  await desk.close(LAST_NOTICES_MS);
  answer(flags, { processes: ended }, () => "all has stopped");
  if (ended.some(({ state }) => state === "down")) Deno.exitCode = 1;
}

/** What opens the vault, for as long as this runs. @throws {InputError} `vault-locked` now, and not at the first session. */
async function vaultOpener(dataDir: string): Promise<() => Promise<Vault>> {
  const input = await SecretInput.open(), path = vaultIn(dataDir), key = await vaultKeyOf(path, input);
  const open = () => Vault.open(path, { kind: "key", key });
  await open();
  return open;
}

/** In the order in which they need each other. A real database is looked at once, and is for others to keep running. */
async function charges(settings: Settings, workers: number, concurrency: number): Promise<Charge[]> {
  const hosts = serviceHosts(settings);
  note(`start is process ${Deno.pid}: Ctrl-C stops all`);
  const cache = await cachePart(settings);
  note(`cache is ${cache.detail}${cache.found ? "" : ": it is asked again whenever it is needed"}`);
  const open = opener(settings);
  const own = (name: string, permissions: string, args: readonly string[], further: readonly string[] = []) =>
    processCharge({ name, permissions, hosts: [...hosts, ...further], args, say: note });
  const processes = [
    ...Array.from({ length: workers }, (_, i) => {
      const name = workers === 1 ? "worker" : `worker ${i + 1}`, args = ["worker", "--concurrency", `${concurrency}`];
      return own(name, "worker", args, venueHosts(settings));
    }),
    own("scheduler", "queue", ["scheduler"]),
  ];
  if (settings.databaseUrl === null) return [databaseCharge(open), ...processes];
  const database = await open();
  const [{ server_version: version }] = await database.sql`show server_version`;
  note(`database is PostgreSQL ${version}, as DATABASE_URL says`);
  await database.close();
  return processes;
}

function opener(settings: Settings) {
  return () => openDatabase(settings, { connections: 1, applicationName: "crypto-trader start" });
}

/** What tells people of dead letters, and hears their commands; nothing where no channel is set. */
function noticeCharges(settings: Settings, desk: NotificationDesk, processes: () => ChargeState[]): Charge[] {
  if (desk.states.length === 0) return [];
  note(`people are told by ${desk.states.map(({ channel }) => channel).join(", ")}`);
  const open = opener(settings), channels = () => desk.states;
  const telegram = telegramCharge(settings, operatorDesk({ processes, channels, open, place: settings }), (title) => {
    note(title);
    void desk.send({
      ...{ severity: "warning", kind: "telegram-stranger", title, subject: "telegram", atMs: systemClock.now() },
      text: "Add who it is to notifyTelegramChats and notifyTelegramUsers, or leave it: strangers get no answer.",
    });
  });
  return [deadLetterCharge(open, desk), ...(telegram === null ? [] : [telegram])];
}
