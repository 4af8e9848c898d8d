// A line on standard error that says how far the work is and how long it will still take.

/** What a long work reports to. */
export interface Progress {
  /** So much of the total is done; `detail` says what is being done now. */
  advance(done: number, detail?: string): void;
  /** Ends the line. */
  end(): void;
}

/**
 * Progress of `label` through `total` steps. On a terminal one line is rewritten at most ten times a second;
 * elsewhere each whole tenth is one line.
 */
export function progress(label: string, total: number): Progress {
  const startMs = performance.now(), terminal = Deno.stderr.isTerminal();
  let shownMs = -Infinity, shownTenth = -1;
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  return {
    advance(done, detail = "") {
      const nowMs = performance.now(), share = total > 0 ? Math.min(1, done / total) : 1;
      const text = `${label} ${Math.floor(share * 100)} % ${timeLeft(nowMs - startMs, share)} ${detail}`.trimEnd();
      if (terminal && (nowMs - shownMs >= 100 || share === 1)) {
        write(`\r\x1b[2K${text}`);
        shownMs = nowMs;
      } else if (!terminal && Math.floor(share * 10) > shownTenth) {
        write(`${text}\n`);
        shownTenth = Math.floor(share * 10);
      }
    },
    end() {
      if (terminal) write("\r\x1b[2K");
    },
  };
}

/** Progress through work whose size is known only once it has begun. */
export function lateProgress(label: string): {
  advance(done: number, total: number, detail?: string): void;
  end(): void;
} {
  let shown: Progress | undefined;
  return {
    advance(done, total, detail) {
      (shown ??= progress(label, total)).advance(done, detail);
    },
    end() {
      shown?.end();
    },
  };
}

/** What is left, in words, once enough has been done to tell. */
export function timeLeft(elapsedMs: number, share: number): string {
  if (share >= 1) return `in ${duration(elapsedMs)}`;
  if (share < 0.02) return "";
  return `about ${duration(elapsedMs * (1 - share) / share)} left`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
