import { Command } from "commander";
import { inTransaction } from "../../engine/database/mod.ts";
import { counted, InputError } from "../../engine/errors/mod.ts";
import { journalState, keepCertificate, readSessionLog } from "../../engine/journal/mod.ts";
import { certifySession } from "../../engine/live/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, table } from "../output.ts";
import { sessionConfig } from "../trading/session_config.ts";
import { sessionOf, sessionSettings } from "../trading/session_settings.ts";

/** `certify`: replays a session from what it saw, and says order by order what it decided and how it fared. */
export function certifyCommand(): Command {
  return new Command("certify")
    .description("Replay a session from what it saw: what was ordered must be what the replay orders, to the last bit.")
    .argument("<session>", "as autopilot status lists it")
    .action(run);
}

async function run(id: string, flags: { json?: boolean }): Promise<void> {
  await using database = await openedDatabase("certify");
  const { account, settings } = await sessionOf(database.sql, id);
  const [inputs, journal] = await inTransaction(
    database.sql,
    async (tx) => [(await readSessionLog(tx, id, true)).inputs, await journalState(tx, account)] as const,
    { isolation: "repeatable read", readOnly: true },
  );
  const certificate = certifySession(sessionConfig(sessionSettings(settings)), inputs, journal);
  const hash = await inTransaction(
    database.sql,
    (tx) => keepCertificate(tx, { sessionId: id, madeAtMs: systemClock.now(), body: certificate }),
  );
  const { orders, differences, fills, lateGroups } = certificate;
  answer(flags, { session: id, hash, ...certificate }, () =>
    [
      table(
        ["decided", "order", "what", "quantity", "state", "filled", "price", "otherwise because"],
        orders.map((own) => [
          formatTimestamp(own.decidedAtMs as TimestampMs),
          own.clientOrderId,
          `${own.side} ${own.kind} ${own.slot}`,
          own.quantity,
          own.state,
          own.filled,
          own.averagePrice === null ? "" : own.averagePrice.toFixed(2),
          own.causes.join(", "),
        ]),
      ),
      `${counted(orders.length, "order")}, ${counted(fills, "fill")} from ${counted(inputs.length, "input")}; ` +
      `${counted(lateGroups, "group")} of candles came too late to be decided on`,
      differences.length === 0
        ? `the replay decides the same, order by order: certificate ${hash}`
        : `DIFFERENT: ${differences.join("; ")}`,
    ].join("\n"));
  if (differences.length > 0) {
    throw new InputError("certify", `${counted(differences.length, "difference")}: ${differences[0]}`);
  }
}
