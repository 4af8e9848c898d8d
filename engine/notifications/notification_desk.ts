// Where the program hands in what people are to be told. Nothing here throws into the caller or makes it wait, and all that
// is kept has a stated maximum (I12). Tested in notification_desk_test.ts, on simulated time.
import type { Secret } from "../errors/mod.ts";
import { type Channel, ChannelLane, type LaneOptions, type LaneState } from "./channel_lane.ts";
import type { Notice } from "./notice.ts";
import { cut, redacted } from "./notice_text.ts";
import type { Delivery, Notifier } from "./notifier.ts";
import type { Hear } from "./pending.ts";

/** Longest texts that are kept of a notice, no channel shows more; and what of a longer one is looked at. */
const TEXT_MOST = 60_000, LINE_MOST = 1_000, READ_MOST = 1_000_000;
/**
 * Senders of alarms, and of all else, that wait to hear at once; those beyond are told that nobody knows, and their notices
 * go all the same.
 */
const HEARING_MOST = 1_000;

/** What a desk needs. */
export interface DeskOptions extends LaneOptions {
  /** No message shows them, whatever a notice holds. */
  readonly secrets: readonly Secret[];
}

/**
 * Hands notices to every channel, each in its own time: alarms at once, others together with more of their kind. A caller
 * that only tells something does not wait for the answer; one that has to be sure does.
 */
export class NotificationDesk implements Notifier {
  readonly #lanes: readonly ChannelLane[];
  readonly #hearing = { alarms: 0, others: 0 };
  #isClosed = false;

  constructor(channels: readonly Channel[], readonly options: DeskOptions) {
    this.#lanes = channels.map((channel) => new ChannelLane(channel, options));
  }

  /** How the channels are doing. */
  get states(): LaneState[] {
    return this.#lanes.map(({ state }) => state);
  }

  /** Done as soon as one channel has it; else what the last of them says once all have let go of it. */
  send(notice: Notice): Promise<Delivery> {
    if (this.#isClosed) return Promise.resolve({ kind: "notSent", reason: "the desk is closed" });
    if (this.#lanes.length === 0) return Promise.resolve({ kind: "notSent", reason: "no channel is configured" });
    const shown = this.#bounded(notice), own = notice.severity === "alarm" ? "alarms" : "others";
    if (this.#hearing[own] >= HEARING_MOST) {
      for (const lane of this.#lanes) lane.add(shown, null);
      return Promise.resolve({ kind: "unknown", reason: `${HEARING_MOST} others wait to hear of their notices` });
    }
    this.#hearing[own]++;
    return new Promise((resolve) => {
      let left = this.#lanes.length;
      const hear: Hear = (delivery) => {
        if (left === 0 || (--left > 0 && delivery.kind !== "done")) return;
        left = 0;
        this.#hearing[own]--;
        for (const lane of this.#lanes) lane.forget(hear);
        resolve(delivery);
      };
      for (const lane of this.#lanes) lane.add(shown, left === 0 ? null : hear);
    });
  }

  /** Takes no more, and gives what waits so long to go. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#lanes.map((lane) => lane.close(graceMs)));
  }

  #bounded({ severity, kind, title, text, atMs, subject }: Notice): Notice {
    const shown = (value: string, most: number) => cut(redacted(value.slice(0, READ_MOST), this.options.secrets), most);
    return {
      ...{ severity, atMs, kind: shown(kind, LINE_MOST), subject: shown(subject, LINE_MOST) },
      title: shown(title, LINE_MOST),
      text: shown(text, TEXT_MOST),
    };
  }
}
