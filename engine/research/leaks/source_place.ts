// Where a user's function stands: it is called with something that throws at the first touch, and the stack tells.
import type { SourcePlace } from "./leak_report.ts";

const LONGEST_TEXT = 120;

class Touched extends Error {}

/** Anything may be read of it, called or walked through, and the first time that something is, it throws. */
function tripwire(): unknown {
  const throws = () => {
    throw new Touched();
  };
  return new Proxy(() => undefined, {
    get: throws,
    has: throws,
    apply: throws,
    ownKeys: throws,
    getOwnPropertyDescriptor: throws,
  });
}

/**
 * The place of a function, by where it first reads one of its arguments.
 *
 * @param call Calls it with what it is given.
 */
export function placeOf(fn: unknown, call: (tripwire: unknown) => unknown): SourcePlace {
  const text = shortened(String(fn)), limits = Error as { stackTraceLimit?: number }, limit = limits.stackTraceLimit;
  limits.stackTraceLimit = 100;
  try {
    call(tripwire());
  } catch (error) {
    if (error instanceof Touched) return { at: frameOf(error.stack ?? ""), text };
  } finally {
    if (limit !== undefined) limits.stackTraceLimit = limit;
  }
  return { at: null, text };
}

const OWN = /\/engine\/research\/leaks\/(?!\w+_test\.ts)/;

/** The user's frame that stands before the leak finder's own: the function itself, not what it calls. */
function frameOf(stack: string): string | null {
  const frames = stack.split("\n").flatMap((line) =>
    /((?:file|https?|data|blob|npm):\S+?:\d+:\d+)\)?$/.exec(line)?.[1] ?? []
  );
  const first = frames.findIndex((frame) => !OWN.test(frame));
  if (first < 0) return null;
  const end = frames.findIndex((frame, i) => i > first && OWN.test(frame));
  return end < 0 ? null : frames[end - 1]!;
}

/** The place of an expression: its label. */
export function placeOfLabel(label: string): SourcePlace {
  return { at: null, text: shortened(label) };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}
