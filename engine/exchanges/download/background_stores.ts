/** What is being stored while the next pages are asked for; so many at a time, so that memory stays bounded. */
export class BackgroundStores {
  readonly #pending = new Set<Promise<void>>();
  #broken: { readonly error: unknown } | null = null;

  constructor(readonly most: number) {}

  /** Begins to store, once there is room. What fails is told to `onFailure`; what that throws ends all, here or at the end. */
  async add(store: () => Promise<void>, onFailure: (error: unknown) => void): Promise<void> {
    while (this.#pending.size >= this.most) await Promise.race(this.#pending);
    if (this.#broken !== null) throw this.#broken.error;
    const own = store().catch(onFailure).catch((error) => {
      this.#broken ??= { error };
    }).finally(() => this.#pending.delete(own));
    this.#pending.add(own);
  }

  /** Waits until all is stored. */
  async finish(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#broken !== null) throw this.#broken.error;
  }
}
