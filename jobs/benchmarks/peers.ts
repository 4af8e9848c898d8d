// Other tools on the same workloads: scripts `WORKLOAD_PEER.py`, each of which prints one line of JSON. Those of workloads
// that the peers' folder has none of are ours, and use what is in that folder.
import { note } from "../output.ts";

/** What a peer's script printed. */
export interface PeerResult {
  readonly workload: string;
  readonly peer: string;
  readonly version: string;
  /** Figures by name, in the units of our rows. */
  readonly figures: Readonly<Record<string, number>>;
  /** Sums of the results of a sweep, for comparing. */
  readonly sums?: Readonly<Record<string, number>>;
}

const OWN_SCRIPTS = `${import.meta.dirname}/scripts`;

/** Where peers are: their scripts, the folder of their virtual environments, and the folder of their input. */
export interface PeerPlaces {
  readonly scripts: string;
  readonly environments: string;
  readonly input: string;
}

/** Runs the scripts of `workload`, one after the other. A peer that is not installed is named and left out. */
export async function runPeers(workload: string, places: PeerPlaces, signal: AbortSignal): Promise<PeerResult[]> {
  const scripts = [OWN_SCRIPTS, places.scripts].flatMap((folder) =>
    [...Deno.readDirSync(folder)].map(({ name }) => ({ folder, name }))
      .filter(({ name }) => name.startsWith(`${workload}_`) && name.endsWith(".py"))
  ).sort((a, b) => a.name < b.name ? -1 : 1);
  const results: PeerResult[] = [];
  for (const { folder, name: script } of scripts) {
    const python = interpreter(script.slice(workload.length + 1, -3), places.environments);
    const command = new Deno.Command(python, {
      args: ["-B", `${folder}/${script}`, places.input],
      cwd: places.scripts,
      env: { PYTHONPATH: places.scripts },
      signal,
    });
    const { success, stdout, stderr } = await command.output();
    signal.throwIfAborted();
    if (success) {
      const result = peerResult(new TextDecoder().decode(stdout));
      results.push(result);
      if (result.sums !== undefined) note(`  sums of ${result.peer}: ${JSON.stringify(result.sums)}`);
    } else note(`${script}: not measured (${lastLine(new TextDecoder().decode(stderr))})`);
  }
  return results;
}

/** Peers that live in the environment of another one. */
const SHARED: Readonly<Record<string, string>> = { numba: "vectorbt" };

/** The environment is named like the peer's first word; several peers share the one called `data`. */
function interpreter(peer: string, environments: string): string {
  const names = [...Deno.readDirSync(environments)].map(({ name }) => name);
  const own = names.find((name) => peer === name || peer.startsWith(`${name}_`)) ??
    names.find((name) => name === SHARED[peer]) ?? (names.includes("data") ? "data" : undefined);
  return own === undefined ? "python3" : `${environments}/${own}/bin/python`;
}

/** Reads the one line that a script prints. */
export function peerResult(line: string): PeerResult {
  const {
    workload,
    peer,
    version,
    ns_per_bar = {},
    bars_per_second,
    seconds,
    month_seconds,
    ns_per_bar_and_pair: pair,
    sums,
  } = JSON.parse(lastLine(line));
  const figures = {
    ...ns_per_bar,
    ...(bars_per_second === undefined ? {} : { bars_per_second }),
    // A peer on one thread stands beside each way of ours.
    ...(pair === undefined
      ? {}
      : { ns_per_bar_and_pair: pair, exact_ns_per_bar_and_pair: pair, two_workers_ns_per_bar_and_pair: pair }),
    ...(month_seconds === undefined ? {} : { hours_of_20_ms: seconds * 1000, month_ms: month_seconds * 1000 }),
  };
  return { workload, peer, version, figures, ...(pair === undefined ? {} : { sums }) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
