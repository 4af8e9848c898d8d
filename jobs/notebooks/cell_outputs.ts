// What a cell shows, in the order in which its kernel published it.
import type { JupyterMessage } from "./jupyter_message.ts";

/** Text by MIME type; JSON types hold a value. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** One output as notebook files hold it, with texts in one piece. */
export type CellOutput =
  | { readonly output_type: "stream"; readonly name: string; readonly text: string }
  | { readonly output_type: "display_data"; readonly data: MimeBundle; readonly metadata: unknown }
  | {
    readonly output_type: "execute_result";
    readonly data: MimeBundle;
    readonly metadata: unknown;
    readonly execution_count: number;
  }
  | { readonly output_type: "error"; readonly ename: string; readonly evalue: string; readonly traceback: string[] };

/** The fields that published messages may have. */
interface Published {
  readonly name?: string;
  readonly text?: string;
  readonly data?: MimeBundle;
  readonly metadata?: unknown;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: string[];
  readonly wait?: boolean;
  readonly transient?: { readonly display_id?: string };
}

/** Gathers the outputs of one cell. */
export class CellOutputs {
  #outputs: CellOutput[] = [];
  readonly #displays = new Map<string, number>();
  #clearBeforeNext = false;

  /** `executionCount` is the number that the cell's result gets. */
  constructor(readonly executionCount: number) {}

  get list(): readonly CellOutput[] {
    return this.#outputs;
  }

  /** Takes one published message; those that show nothing are left out. */
  add({ type, content }: Pick<JupyterMessage, "type" | "content">): void {
    const published = content as Published, { data = {}, metadata = {}, transient } = published;
    if (type === "stream") this.#stream(published.name ?? "stdout", published.text ?? "");
    else if (type === "display_data") this.#push({ output_type: type, data, metadata }, transient?.display_id);
    else if (type === "update_display_data") this.#update(transient?.display_id, data, metadata);
    else if (type === "execute_result") {
      this.#push({ output_type: type, data, metadata, execution_count: this.executionCount }, transient?.display_id);
    } else if (type === "error") {
      const { ename = "", evalue = "", traceback = [] } = published;
      this.#push({ output_type: type, ename, evalue, traceback });
    } else if (type === "clear_output") {
      if (published.wait) this.#clearBeforeNext = true;
      else this.#clear();
    }
  }

  /** Text behind text of the same stream is one output. */
  #stream(name: string, text: string): void {
    const last = this.#clearBeforeNext ? undefined : this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) {
      this.#outputs[this.#outputs.length - 1] = { ...last, text: last.text + text };
    } else this.#push({ output_type: "stream", name, text });
  }

  #push(output: CellOutput, displayId?: string): void {
    if (this.#clearBeforeNext) this.#clear();
    if (displayId !== undefined) this.#displays.set(displayId, this.#outputs.length);
    this.#outputs.push(output);
  }

  #update(displayId: string | undefined, data: MimeBundle, metadata: unknown): void {
    const at = displayId === undefined ? undefined : this.#displays.get(displayId);
    if (at !== undefined) this.#outputs[at] = { ...this.#outputs[at], data, metadata } as CellOutput;
  }

  #clear(): void {
    this.#outputs = [];
    this.#displays.clear();
    this.#clearBeforeNext = false;
  }
}
