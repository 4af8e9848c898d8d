import { Command } from "commander";
import { didYouMean, InputError } from "../../engine/errors/mod.ts";
import { type Channel, type Delivery, deliveryText } from "../../engine/notifications/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { channelsOf } from "../notices.ts";
import { answer, note, table } from "../output.ts";
import { readSettings } from "../settings.ts";

interface Flags {
  readonly json?: boolean;
}

/** `notify`: tries the channels by which people are told. */
export function notifyCommand(): Command {
  const command = new Command("notify").description("Try the channels by which people are told of what happens.");
  command.command("test").description("Send a test notice through each channel, and say what happened.")
    .argument("[channel]", "only this one, as in telegram")
    .action(test);
  return command;
}

async function test(name: string | undefined, flags: Flags): Promise<void> {
  const results = await Promise.all(chosen(channelsOf(readSettings().values), name).map(tried));
  answer(
    flags,
    { channels: results },
    () =>
      table(
        ["channel", "", "ms", "what happened"],
        results.map(({ channel, outcome, ms, told }) => [
          ...[channel, outcome, ms, told],
        ]),
      ),
  );
  if (results.some(({ outcome }) => outcome !== "done")) Deno.exitCode = 1;
}

function chosen(channels: readonly Channel[], name: string | undefined): readonly Channel[] {
  if (channels.length === 0) {
    const names = "notifyWebhookUrl, notifyTelegramToken, notifyDiscordUrl or notifyMailUrl";
    throw new InputError("no-channel", `no channel is set: docs/notifications.md says how to set ${names}`);
  }
  if (name === undefined) return channels;
  const found = channels.filter((channel) => channel.name === name), names = channels.map((channel) => channel.name);
  if (found.length > 0) return found;
  const hint = didYouMean(name, names) || `: there are ${names.join(", ")}`;
  throw new InputError("channel", `there is no channel "${name}"${hint}`);
}

/** Straight to the channel, once: a test that waits and tries again would say nothing. */
async function tried({ name, notifier }: Channel) {
  note(`${name}: sending`);
  const atMs = systemClock.now(), startMs = performance.now();
  const delivery: Delivery = await notifier.send({
    severity: "info",
    kind: "test",
    title: "This is a test of Crypto Trader's notices",
    text: "You get it because somebody has run deno task notify test. There is nothing to do.",
    atMs,
    subject: name,
  });
  return {
    channel: name,
    outcome: delivery.kind,
    ms: Math.round(performance.now() - startMs),
    told: deliveryText(delivery),
  };
}
