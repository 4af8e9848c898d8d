/** What somebody asks of the program from outside. */
export interface OperatorCommand {
  readonly kind: "status" | "pause" | "resume" | "kill";
  /** Which autopilot is meant; null: all of them. */
  readonly autopilot: string | null;
  /** Who asked, as the audit chain names it. */
  readonly by: string;
}

/** Where commands go: whoever can do them. */
export interface CommandSink {
  /** Does it, and says in a sentence or more what has come of it. What it throws is told as a failure. */
  handle(command: OperatorCommand): Promise<string>;
}

const KINDS: Readonly<Record<string, OperatorCommand["kind"]>> = {
  status: "status",
  pause: "pause",
  resume: "resume",
  kill: "kill",
};

/** What can be said, for who has said something else. */
export const COMMAND_HELP =
  "I know /status, /pause, /resume and /kill, each with the name of an autopilot or alone for all.";

/** The bot that a command is for, as `/pause@bot` names it; null where none is named. */
export function addresseeOf(text: string): string | null {
  return /^\/\w{1,64}@(\w{1,64})/.exec(text)?.[1] ?? null;
}

/** Reads `/pause NAME`, also as `/pause@bot NAME` whichever bot that is; null of everything else. */
export function commandOf(text: string): Omit<OperatorCommand, "by"> | null {
  const match = /^\/([a-z]{1,20})(?:@\w{1,64})?(?:[ \t]+([a-z0-9][\w.-]{0,63}))?\s*$/i.exec(text);
  if (match === null) return null;
  const name = match[1]!.toLowerCase();
  return Object.hasOwn(KINDS, name) ? { kind: KINDS[name]!, autopilot: match[2] ?? null } : null;
}
