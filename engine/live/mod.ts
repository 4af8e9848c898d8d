/**
 * Trading sessions: inputs that are durable before what follows from them, orders that are sent once, an account that is
 * compared with the venue's again and again, and the world of faults that all of it is tried in.
 *
 * @module
 */
export { shrinkWorld, type ShrunkWorld } from "./world/shrink.ts";
export { PAST_SEEDS, type PastSeed } from "./world/past_seeds.ts";
export { World, type WorldOptions, type WorldResult } from "./world/world.ts";
