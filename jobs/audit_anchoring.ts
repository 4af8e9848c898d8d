import { MINUTE_MS } from "../engine/time/mod.ts";
import type { AuditLog } from "../engine/security/mod.ts";
import { note } from "./output.ts";

/** Anchors the head of the chain now and each minute, and signs it once a day. @returns What ends it. */
export function anchorEachMinute(log: AuditLog): () => void {
  const anchor = () =>
    log.anchor().then(() => log.sign())
      .catch((error: Error) => note(`warning: the audit chain is not anchored: ${error.message}`));
  void anchor();
  const timer = setInterval(anchor, MINUTE_MS);
  return () => clearInterval(timer);
}
