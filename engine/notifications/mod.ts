/**
 * Notices to people by webhook, Telegram, Discord and e-mail, behind one port, and commands that come back over Telegram.
 * Whoever sends neither waits nor fails. Knows nothing of trading: what happens is told to it, and who does commands is
 * handed over. Its tests speak with servers of their own on loopback.
 *
 * @module
 */
export { type Channel, type LaneState, WAITING_MOST } from "./channel_lane.ts";
export { channelHosts, configuredChannels, type NoticeSettings, telegramOf } from "./configured_channels.ts";
export { KillFirst } from "./kill_first.ts";
export * from "./notice.ts";
export { NotificationDesk } from "./notification_desk.ts";
export { type Delivery, deliveryText, type Notifier } from "./notifier.ts";
export type { CommandSink, OperatorCommand } from "./operator_command.ts";
export { TelegramCommands } from "./telegram_commands.ts";
export { UpdateOffset } from "./update_offset.ts";
