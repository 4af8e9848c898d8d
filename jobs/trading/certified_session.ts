import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { journalState, readSessionLog } from "../../engine/journal/mod.ts";
import {
  certifyParity,
  certifySession,
  type ParityCertificate,
  type SessionCertificate,
  sessionSpan,
} from "../../engine/live/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { sessionCandles } from "./session_candles.ts";
import { sessionConfig } from "./session_config.ts";
import { sessionOf, type SessionSettings, sessionSettings } from "./session_settings.ts";

/** Both levels of a session's certificate. */
export interface CertifiedSession {
  /** Its inputs replayed, against the journal. */
  readonly replayed: SessionCertificate;
  /** A fresh run from candles alone, against the session. */
  readonly parity: ParityCertificate;
}

/** Certifies a session. @throws {InputError} `session` where there is none, or nothing that it took in, `candles` where its candles cannot be had. */
export async function certifiedSession(sql: Sql, id: string): Promise<CertifiedSession> {
  const { account: name, settings } = await sessionOf(sql, id), session = sessionSettings(settings);
  const [inputs, journal] = await inTransaction(
    sql,
    async (tx) => [(await readSessionLog(tx, id, true)).inputs, await journalState(tx, name)] as const,
    { isolation: "repeatable read", readOnly: true },
  );
  const config = sessionConfig(session), replayed = certifySession(config, inputs, journal);
  const { candles, minutes } = await sessionCandles(session, config.instruments, sessionSpan(inputs));
  return { replayed, parity: certifyParity({ config, inputs, candles, minutes, account: accountOf(session) }) };
}

/** What trading costs at the venue: the loopback exchange takes what it takes, others what the settings say of them. */
function accountOf({ spec: { account, costs, markets }, exchange }: SessionSettings) {
  const cashQuote = `${account.cashQuote}`;
  if (exchange === "loopback") return { cashQuote };
  const { makerBps, takerBps, slippage } = costs;
  const halfSpreadBps = slippage.kind === "fixed" ? slippage.bps : 0;
  return { cashQuote, makerBps, takerBps, halfSpreadBps, feeAsset: instrument(markets[0]!).feeAsset };
}
