// The process of a session, as who starts it keeps it.
import type { KeySecrets } from "../../engine/security/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { note } from "../output.ts";
import { processCharge } from "../process_charge.ts";
import { serviceHosts, tradingHosts } from "../service_hosts.ts";
import { settingsLine } from "../settings.ts";
import type { Charge } from "../supervisor.ts";
import { keyLine } from "./given_key.ts";
import type { LiveMode } from "./live_wish.ts";
import { noticeIn } from "./session_notices.ts";

/** A session of an account at a venue. */
export interface LiveCharge {
  readonly mode: LiveMode;
  readonly venue: string;
  readonly exchangeUrl: string | null;
  /** Handed to each process that takes the session up. */
  readonly secrets: KeySecrets;
}

/**
 * The process of a session. It may reach the services and its own venue, and nothing else.
 *
 * @param live Null on paper.
 * @param tell Hears what people are to be told.
 */
export function sessionCharge(
  name: string,
  session: string,
  settings: Settings,
  live: LiveCharge | null,
  tell: (notice: Notice) => void,
): Charge {
  const said = `[${name}] `;
  const say = (line: string) => {
    const notice = noticeIn(line.slice(said.length));
    if (notice === null) note(line);
    else tell(notice);
  };
  const hosts = serviceHosts(settings), args = ["trade", "--session", session, "--given"];
  const first = settingsLine(settings);
  if (live === null) return processCharge({ name, permissions: "trader", hosts, args, say, input: () => first });
  return processCharge({
    ...{ name, permissions: "trader", say },
    hosts: [...hosts, ...tradingHosts(live.venue, live.exchangeUrl)],
    args: [...args, "--mode", live.mode],
    input: () => first + keyLine(live.secrets),
  });
}

/** The process ends in order when it was told to, and all with it; in any other way it is started again. */
export function endingWith({ name, start }: Charge, stop: AbortController): Charge {
  return {
    name,
    async start() {
      const running = await start();
      void running.ended.then((reason) => reason === "status 0" && stop.abort());
      return running;
    },
  };
}
