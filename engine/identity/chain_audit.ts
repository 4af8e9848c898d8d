import { sha256Hex } from "./digest.ts";
import { chainRow, type ChainTip, EMPTY_CHAIN, isIntact, type TextDigest } from "./hash_chain.ts";

/** What became of a row of a chain. */
export interface ChainFault {
  readonly kind: "edited" | "deleted" | "reordered" | "repeated" | "foreign" | "truncated";
  /** Line of the file at which it shows, from 1 on. */
  readonly line: number;
  /** Number of the row that is meant, or of the first of several that are missing. */
  readonly sequence: number;
  /** What is wrong, in words. */
  readonly message: string;
}

/** Numbers of rows that are missing, and the line at which that showed. */
interface Gap {
  first: number;
  last: number;
  readonly line: number;
}

/**
 * Reads the lines of a chain from its start and names each row that was edited, deleted, moved, repeated or put in by
 * another program. What is missing at the end shows only beside a tip that was kept elsewhere.
 */
export class ChainAudit {
  readonly #faults: ChainFault[] = [];
  readonly #gaps: Gap[] = [];
  #line = 0;
  #cutOff = false;
  #tip: ChainTip = EMPTY_CHAIN;

  /** @param kept A row of the chain that was remembered elsewhere: the chain must reach as far and have that very row. */
  constructor(readonly kept: ChainTip = EMPTY_CHAIN, readonly digest: TextDigest = sha256Hex) {}

  /** Takes the next line. Gives its value where the row is as it was written, else undefined. */
  take(line: string): unknown {
    this.#line++;
    const row = chainRow(line), expected = this.#tip.sequence + 1;
    if (row === null) {
      this.#tell("foreign", expected, `is no row of a chain: ${shortened(line)}`);
      return undefined;
    }
    if (!isIntact(line, this.digest)) {
      // Nothing of it can be believed but that a row stood here.
      this.#tell("edited", expected, `holds row ${expected}, which was edited: its text is not what its hash says`);
      this.#tip = { sequence: expected, hash: row.hash };
      return undefined;
    }
    this.#place(row.sequence, row.previous);
    if (row.sequence === this.kept.sequence && row.hash !== this.kept.hash) {
      this.#tell("edited", row.sequence, `holds row ${row.sequence}, which was replaced: another one was remembered`);
    }
    if (row.sequence > this.#tip.sequence) this.#tip = { sequence: row.sequence, hash: row.hash };
    return row.value;
  }

  /**
   * Takes a last line that has no line feed. Gives its value where the row is whole all the same; else a process was
   * killed while it wrote the row, or one that was remembered has been cut off.
   */
  takePart(text: string): unknown {
    if (isIntact(text, this.digest)) return this.take(text);
    this.#line++;
    this.#cutOff = true;
    return undefined;
  }

  /** What the lines were: all that is wrong by line, the last row in order, and whether the writing of a row was interrupted. */
  finish(): { readonly tip: ChainTip; readonly faults: readonly ChainFault[]; readonly interrupted: boolean } {
    const faults = [...this.#faults, ...this.#gaps.map(missing)], { sequence } = this.#tip;
    const isLost = this.kept.sequence > sequence;
    if (isLost && this.#cutOff) faults.push(cutOff(sequence + 1, this.#line));
    const first = sequence + (this.#cutOff ? 2 : 1);
    if (first <= this.kept.sequence) faults.push(missing({ first, last: this.kept.sequence, line: this.#line + 1 }));
    return {
      tip: this.#tip,
      faults: faults.sort((a, b) => a.line - b.line),
      interrupted: this.#cutOff && !isLost,
    };
  }

  #place(sequence: number, previous: string): void {
    const { sequence: last, hash } = this.#tip;
    if (sequence === last + 1) {
      if (previous === hash) return;
      if (last > 0) {
        this.#tell("edited", last, `follows another row ${last} than the one before it, which was replaced`);
      } else this.#tell("foreign", 1, "does not begin a chain");
    } else if (sequence > last) {
      this.#gaps.push({ first: last + 1, last: sequence - 1, line: this.#line });
    } else if (this.#found(sequence)) {
      this.#tell("reordered", sequence, `holds row ${sequence}, which was moved behind row ${last}`);
    } else {
      this.#tell("repeated", sequence, `holds row ${sequence} once more`);
    }
  }

  /** True where the row was missing until now. */
  #found(sequence: number): boolean {
    const at = this.#gaps.findIndex(({ first, last }) => first <= sequence && sequence <= last);
    if (at < 0) return false;
    const { first, last, line } = this.#gaps[at]!;
    const parts = [{ first, last: sequence - 1, line }, { first: sequence + 1, last, line }];
    this.#gaps.splice(at, 1, ...parts.filter((part) => part.first <= part.last));
    return true;
  }

  #tell(kind: ChainFault["kind"], sequence: number, what: string): void {
    this.#faults.push({ kind, line: this.#line, sequence, message: `line ${this.#line} ${what}` });
  }
}

function missing({ first, last, line }: Gap): ChainFault {
  const what = first === last ? `row ${first} is missing: it was` : `rows ${first} to ${last} are missing: they were`;
  return { kind: "deleted", line, sequence: first, message: `before line ${line}, ${what} deleted` };
}

function cutOff(sequence: number, line: number): ChainFault {
  return { kind: "truncated", line, sequence, message: `line ${line} ends in the middle of row ${sequence}` };
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
