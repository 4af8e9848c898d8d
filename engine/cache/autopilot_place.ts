import { InputError } from "../errors/mod.ts";
import { crashPoint } from "../time/mod.ts";
import { type AutopilotAbout, type AutopilotHolder, type AutopilotRegistry, holderText } from "./autopilot_registry.ts";

/** How a place is kept. */
export interface PlaceOptions {
  readonly name: string;
  /** Unique for each start of a process. */
  readonly owner: string;
  readonly about: AutopilotAbout;
  /** Renewed three times in this time; when it has passed without, another may take the place. */
  readonly ttlMs: number;
  /** Called once when somebody else has taken the place: no new order may leave any more. */
  readonly onLost: (holder: AutopilotHolder) => void;
}

/** `held`: the store said so within the time to live. `unproven`: it has not answered for longer; the lease decides. */
export type PlaceState = "held" | "unproven" | "lost" | "released";

/** An autopilot's place in the registry, renewed until it is released. */
export class AutopilotPlace {
  readonly #registry: AutopilotRegistry;
  readonly #options: PlaceOptions;
  #state: PlaceState = "unproven";
  #provenAtMs = -Infinity;
  #renewal: ReturnType<typeof setTimeout> | undefined;

  private constructor(registry: AutopilotRegistry, options: PlaceOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  /**
   * Takes a place. Where the store is away it is `unproven` and goes on asking: the lease in the database decides then.
   *
   * @throws {InputError} `autopilot-runs` saying who has it.
   */
  static async take(registry: AutopilotRegistry, options: PlaceOptions): Promise<AutopilotPlace> {
    const place = new AutopilotPlace(registry, options);
    const holder = await place.#claim();
    if (holder !== null) {
      throw new InputError(
        "autopilot-runs",
        `autopilot ${options.name} runs already: ${holderText(holder)}; stop it first, or wait ${
          Math.ceil(holder.expiresInMs / 1000)
        } s if it has died`,
      );
    }
    place.#renewLater();
    return place;
  }

  get state(): PlaceState {
    const isOld = performance.now() - this.#provenAtMs > this.#options.ttlMs;
    return this.#state === "held" && isOld ? "unproven" : this.#state;
  }

  /** Gives it up, so that another need not wait. */
  async release(): Promise<void> {
    clearTimeout(this.#renewal);
    if (this.#state === "lost") return;
    this.#state = "released";
    await this.#registry.release(this.#options.name, this.#options.owner);
  }

  /** Null, or who else has it. A place that the store has forgotten is taken again. */
  async #claim(): Promise<AutopilotHolder | null> {
    const { name, owner, about, ttlMs } = this.#options, askedAtMs = performance.now();
    crashPoint("before place claim");
    const claim = await this.#registry.claim(name, owner, about, ttlMs);
    crashPoint("after place claim");
    if (claim.kind === "unknown") return null;
    if (claim.value.kind === "refused") return claim.value.holder;
    [this.#state, this.#provenAtMs] = ["held", askedAtMs];
    return null;
  }

  #renewLater(): void {
    this.#renewal = setTimeout(() => void this.#renew(), this.#options.ttlMs / 3);
  }

  async #renew(): Promise<void> {
    const holder = await this.#claim();
    if (this.#released) return void await this.release(); // it was given up while it was being renewed
    if (holder === null) return this.#renewLater();
    this.#state = "lost";
    this.#options.onLost(holder);
  }

  get #released(): boolean {
    return this.#state === "released";
  }
}
