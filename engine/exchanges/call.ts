// What happens to one call on its way to the venue, written down where it happens: the library's errors do not tell it.
import { AsyncLocalStorage } from "node:async_hooks";
import { CodedError } from "../errors/mod.ts";
import type { RequestUse } from "../market/mod.ts";

/** One call of the port, which may need several requests. */
export interface Call {
  readonly use: RequestUse;
  /** `order` and `cancel` change something at the venue; `none` may be repeated. */
  readonly effect: "none" | "order" | "cancel";
  readonly signal: AbortSignal | undefined;
  /** Asked right before the first byte of a request that changes something: why it is to stay here, or null. */
  readonly lastLook: () => string | null;
  /** A request that can change something may have left: what follows cannot undo that. */
  mayHaveChanged: boolean;
  /** Of the last request: */
  request: {
    /** The first byte may have left. Before it, nothing can have happened. */
    wasSent: boolean;
    /** Null until there is an answer. */
    status: number | null;
    /** True when the answer was JSON. */
    isJson: boolean;
    /** The venue's own code in it, where there is one. */
    code: string | null;
  };
}

const calls = new AsyncLocalStorage<Call>();

/** Runs a call of the library; what its requests meet is noted in the call. */
export function during<T>(call: Call, work: () => Promise<T>): Promise<T> {
  return calls.run(call, work);
}

/** The call that is running; requests that the library makes of its own, as for a socket's key, count as data. */
export function presentCall(): Call {
  return calls.getStore() ?? newCall("data", "none");
}

/** A call that has not begun. */
export function newCall(
  use: RequestUse,
  effect: Call["effect"],
  signal?: AbortSignal,
  lastLook: Call["lastLook"] = () => null,
): Call {
  return { use, effect, signal, lastLook, mayHaveChanged: false, request: unsent() };
}

/** The last look found that the request is to stay here: nothing of it has left. */
export class HeldBack extends CodedError {
  override readonly name = "HeldBack";
  constructor(reason: string) {
    super("held-back", reason);
  }
}

/** A request that has not begun. */
export function unsent(): Call["request"] {
  return { wasSent: false, status: null, isJson: false, code: null };
}
