import { SESSION_STORE_CASES, type SessionHome } from "../../testing/session_store_cases.ts";
import { WorldClock } from "./world_clock.ts";
import { WorldProcess } from "./world_process.ts";
import { StoreLine, WorldStore } from "./world_store.ts";

const NO_FAULTS = { draw: () => 0.5, lostRequest: () => 0, lostAnswer: () => 0, slow: () => 0, count() {} };

for (const [name, holds] of Object.entries(SESSION_STORE_CASES)) {
  Deno.test(`the world's store: ${name}`, async () => {
    const clock = new WorldClock(0), store = new WorldStore(clock);
    const lineOf = (holder: string) => new StoreLine(store, new WorldProcess(clock, holder), NO_FAULTS);
    const home: SessionHome = {
      keeper: lineOf,
      storeOf: (holder, epoch) => lineOf(holder).storeOf(epoch),
      expire: () => clock.runTo(clock.now() + 120_000),
    };
    let isDone = false;
    const held = holds(home).finally(() => isDone = true);
    // The world's time passes while the case waits, a little at a time: no lease runs out by itself.
    const pass = async () => {
      while (!isDone) {
        await clock.runTo(clock.now() + 1);
        await new Promise((resolve) => setTimeout(resolve));
      }
    };
    await Promise.all([held, pass()]);
  });
}
