// The desk of notices that a process of this program has, by its settings.
import { type Channel, configuredChannels, type Notice, NotificationDesk } from "../engine/notifications/mod.ts";
import { Secret } from "../engine/errors/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";
import { systemClock, systemTimer } from "../engine/time/mod.ts";
import { note } from "./output.ts";
import { readSettings } from "./settings.ts";
import type { ChargeFailure } from "./supervisor.ts";

/** What a process that ends gives its last notices. */
export const LAST_NOTICES_MS = 10_000;

/** The channels of the settings. @throws {InputError} `notify-settings`. */
export function channelsOf(settings: Settings): Channel[] {
  return configuredChannels(settings, systemClock);
}

/** The desk before them; what it has to say of itself goes to standard error. */
export function openDesk(settings: Settings, channels: readonly Channel[]): NotificationDesk {
  return new NotificationDesk(channels, {
    clock: systemClock,
    timer: systemTimer,
    windowMs: settings.notifyGatherSeconds * 1_000,
    note: (sentence) => note(`notices: ${sentence}`),
    secrets: Object.values(settings).filter((value) => value instanceof Secret),
  });
}

/** Tells people what has ended: a warning where it was started again, an alarm where it stays down. */
export function tellFailure(desk: NotificationDesk, { name, reason, restarts }: ChargeFailure): void {
  const isDown = restarts === null;
  void desk.send({
    severity: isDown ? "alarm" : "warning",
    kind: isDown ? "process-down" : "process-restarted",
    title: isDown ? `${name} stays down` : `${name} was started again`,
    text: isDown
      ? `It ended (${reason}) more often than it is started again. Mend what start says of it, and run it again.`
      : `It ended (${reason}).`,
    atMs: systemClock.now(),
    subject: name,
  });
}

/**
 * Tells people one thing, for a command that ends after it; nothing where no channel is set. It waits no longer than
 * `LAST_NOTICES_MS`: during an outage the desk would try for as long as the process lives.
 */
export async function tellOnce(notice: Notice, desk = ownDesk()): Promise<void> {
  void desk.send(notice);
  await desk.close(LAST_NOTICES_MS);
}

function ownDesk(): NotificationDesk {
  const settings = readSettings().values;
  return openDesk(settings, channelsOf(settings));
}
