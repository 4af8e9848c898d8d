import { Command } from "commander";
import { inTransaction } from "../../engine/database/mod.ts";
import { counted, InputError } from "../../engine/errors/mod.ts";
import { keepCertificate } from "../../engine/journal/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { tellOnce } from "../notices.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer } from "../output.ts";
import { certifiedSession } from "../trading/certified_session.ts";
import { differenceNotice } from "../trading/session_notices.ts";
import { paritySummary, parityTable } from "../trading/parity_text.ts";

/** `certify`: replays a session from what it saw, runs it anew from candles alone, and says order by order what differs. */
export function certifyCommand(): Command {
  return new Command("certify")
    .description(
      "Replay a session from what it saw, and run it anew from candles, settings and latencies alone: a line per order, and " +
        "the cause of every difference.",
    )
    .argument("<session>", "as autopilot status lists it")
    .action(run);
}

async function run(id: string, flags: { json?: boolean }): Promise<void> {
  await using database = await openedDatabase("certify");
  const { replayed, parity } = await certifiedSession(database.sql, id), body = { replayed, parity };
  const hash = await inTransaction(
    database.sql,
    (tx) => keepCertificate(tx, { sessionId: id, madeAtMs: systemClock.now(), body }),
  );
  const { orders, differences, fills, inputs, lateGroups } = replayed;
  answer(flags, { session: id, hash, ...body }, () =>
    [
      parityTable(parity),
      `${counted(orders.length, "order")}, ${counted(fills, "fill")} from ${counted(inputs, "input")}; ` +
      `${counted(lateGroups, "group")} of candles were history at the start, or came too late to be decided on`,
      differences.length === 0
        ? "replay of what it saw: the same, order by order (100 %)"
        : `replay of what it saw: DIFFERENT: ${differences.join("; ")}`,
      paritySummary(parity),
      `certificate ${hash}`,
    ].join("\n"));
  const wrong = [...new Set([...differences, ...parity.unexplained])];
  if (wrong.length === 0) return;
  await tellOnce(differenceNotice(id, wrong, systemClock.now()));
  throw new InputError("certify", `${counted(wrong.length, "difference")}: ${wrong[0]}`);
}
