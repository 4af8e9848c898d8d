import { type Hint, known, unknown } from "./hint.ts";

/** No answer is waited for longer than this unless a store is told otherwise. */
export const USUAL_DEADLINE_MS = 500;
/** Requests that may be on their way at once; a store that hangs must not fill the memory. */
const MOST_IN_FLIGHT = 1_000;

/** Turns what may hang or fail into a hint that comes in time. */
export class Deadline {
  #inFlight = 0;

  constructor(readonly what: string, readonly ms: number) {}

  /** The answer of a request, or why there is none; what is done after its deadline is done, and not waited for. */
  async hint<T>(request: () => Promise<T>): Promise<Hint<T>> {
    if (this.#inFlight >= MOST_IN_FLIGHT) {
      return unknown("slow", `${this.what} has ${MOST_IN_FLIGHT} requests that it has not answered`);
    }
    this.#inFlight++;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Hint<never>>((resolve) => {
      timer = setTimeout(() => resolve(unknown("slow", `${this.what} did not answer in ${this.ms} ms`)), this.ms);
    });
    const answer = request().then(known, (error) => unknown("away", `${this.what}: ${sentence(error)}`));
    answer.finally(() => this.#inFlight--);
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What an error says, also one that holds several. */
function sentence(error: unknown): string {
  const { message = "", errors } = error as { message?: string; errors?: readonly Error[] };
  return message || errors?.[0]?.message || String(error);
}
