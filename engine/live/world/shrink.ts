import { type Mischief, MISCHIEFS, type Swarm, swarmOf } from "./swarm.ts";
import { World, type WorldResult } from "./world.ts";

/** The smallest world that was found to fail still. */
export interface ShrunkWorld {
  readonly days: number;
  readonly swarm: Swarm;
  readonly result: WorldResult;
}

/**
 * Makes a world that fails smaller while it fails: fewer days, then one kind of fault after the other. Null where it holds.
 *
 * @param told Hears of each world that was tried.
 */
export async function shrinkWorld(
  seed: number,
  days: number,
  told: () => void = () => {},
): Promise<ShrunkWorld | null> {
  const run = async (days: number, swarm: Swarm): Promise<ShrunkWorld | null> => {
    told();
    const result = await new World({ seed, days, swarm }).run();
    return result.violations.length === 0 ? null : { days, swarm, result };
  };
  let smallest = await run(days, swarmOf(seed));
  if (smallest === null) return null;
  for (let fewer = days / 2; fewer >= 1 / 24; fewer /= 2) {
    const shorter = await run(fewer, smallest.swarm);
    if (shorter === null) break;
    smallest = shorter;
  }
  for (const calmer of calmerOnes(smallest.swarm)) {
    const tried = await run(smallest.days, calmer(smallest.swarm));
    if (tried !== null) smallest = tried;
  }
  return smallest;
}

/** Each takes one kind of fault away. */
function calmerOnes({ shares, perDay }: Swarm): ((swarm: Swarm) => Swarm)[] {
  const without = <T extends object>(own: T, name: keyof T): T =>
    Object.fromEntries(Object.entries(own).filter(([key]) => key !== name)) as T;
  return [
    (swarm) => ({ ...swarm, storeRequestLost: 0 }),
    (swarm) => ({ ...swarm, storeAnswerLost: 0 }),
    ...MISCHIEFS.filter((name) => perDay[name] > 0).map((name: Mischief) => (swarm: Swarm) => ({
      ...swarm,
      perDay: { ...swarm.perDay, [name]: 0 },
    })),
    ...(Object.keys(shares) as (keyof Swarm["shares"])[]).filter((name) => shares[name]! > 0).map(
      (name) => (swarm: Swarm) => ({ ...swarm, shares: without(swarm.shares, name) }),
    ),
  ];
}
