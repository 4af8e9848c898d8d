// Test support only: damage of a lake's files, as disks, copies and people do it, drawn by a seed.
import { folderOf } from "../lake/atomic_file.ts";
import { sha256Hex } from "../identity/mod.ts";

/** What was done to the lake: which kind, where, and how it is taken back. */
export interface Planted {
  readonly kind: string;
  readonly path: string;
  undo(): Promise<void>;
}

/** Draws a whole number from 0 to below. */
export type Draw = (below: number) => number;

type Plant = (months: readonly string[], draw: Draw) => Promise<readonly string[]>;

const sidecarOf = (path: string) => path.replace(/parquet$/, "json");
const oneOf = <T>(items: readonly T[], draw: Draw): T => items[draw(items.length)]!;

/** The kinds; each changes files and names them. A month is the path of its Parquet file. */
const KINDS: Readonly<Record<string, Plant>> = {
  "bit flip in candles": (months, draw) => changed(oneOf(months, draw), (bytes) => flipped(bytes, draw)),
  "bit flip in a sidecar": (months, draw) => changed(sidecarOf(oneOf(months, draw)), (bytes) => flipped(bytes, draw)),
  "truncation": (months, draw) =>
    changed(oneOf(months, draw), (bytes) => bytes.subarray(0, 1 + draw(bytes.length - 1))),
  "truncated sidecar": (months, draw) =>
    changed(sidecarOf(oneOf(months, draw)), (bytes) => bytes.subarray(0, draw(bytes.length))),
  "empty file": (months, draw) => changed(oneOf(months, draw), (bytes) => bytes.subarray(0, 0)),
  "bytes added": (months, draw) => changed(oneOf(months, draw), (bytes) => new Uint8Array([...bytes, draw(256)])),
  "zeroed block": (months, draw) =>
    changed(oneOf(months, draw), (bytes) => {
      const own = bytes.slice(), from = draw(own.length - 64);
      // A block of zeroes already would be no damage.
      for (let i = from; i < from + 64; i++) own[i] = own[i] === 0 ? 1 : 0;
      return own;
    }),
  "swapped parts": async (months, draw) => {
    const [a, b] = pairOf(months, draw), bytes = await Deno.readFile(a);
    await Deno.writeFile(a, await Deno.readFile(b));
    await Deno.writeFile(b, bytes);
    return [a, b];
  },
  "swapped parts with their sidecars": async (months, draw) => {
    const pair = pairOf(months, draw);
    for (const  of of[(path: string) => path, sidecarOf]) {
      const [a, b] = pair.map(of) as [string, string], bytes = await Deno.readFile(a);
      await Deno.writeFile(a, await Deno.readFile(b));
      await Deno.writeFile(b, bytes);
    }
    return [...pair, ...pair.map(sidecarOf)];
  },
  "wrong digest": (months, draw) =>
    edited(oneOf(months, draw), async (sidecar) => ({ ...sidecar, sha256: await sha256Hex(`${draw(1 << 30)}`) })),
  "edited rows": (months, draw) => edited(oneOf(months, draw), (own) => ({ ...own, rows: Number(own.rows) + 1 })),
  "edited origin": (months, draw) => edited(oneOf(months, draw), (own) => ({ ...own, provenance: [] })),
  "edited range": (months, draw) =>
    edited(oneOf(months, draw), (own) => ({ ...own, lastOpenMs: Number(own.lastOpenMs) + 3_600_000 })),
  "lost sidecar": async (months, draw) => {
    const path = sidecarOf(oneOf(months, draw));
    await Deno.remove(path);
    return [path];
  },
  "lost candles": async (months, draw) => {
    const path = oneOf(months, draw);
    await Deno.remove(path);
    return [path];
  },
  "renamed part": async (months, draw) => {
    const path = oneOf(months, draw), other = path.replace(/\d{4}-\d\d\.parquet$/, `20${10 + draw(9)}-06.parquet`);
    for (const  of of[(own: string) => own, sidecarOf]) await Deno.rename(of(path), of(other));
    return [path, sidecarOf(path), other, sidecarOf(other)];
  },
  "renamed part without its sidecar": async (months, draw) => {
    const path = oneOf(months, draw), other = path.replace(/\d{4}-\d\d\.parquet$/, `20${10 + draw(9)}-06.parquet`);
    await Deno.rename(path, other);
    return [path, other];
  },
  "foreign file": async (months, draw) => {
    const name = oneOf(["part-0.parquet", "month=2031-01.parquet", "notes.txt", "month=2024-13.parquet"], draw);
    const path = `${folderOf(oneOf(months, draw))}/${name}`;
    await Deno.writeFile(path, draw(2) === 0 ? new Uint8Array([1, 2, 3]) : await Deno.readFile(months[0]!));
    return [path];
  },
};

/** The names of the kinds. */
export const CORRUPTIONS = Object.keys(KINDS);

/** Does the damage of a kind to one of the months. */
export async function plantCorruption(kind: string, months: readonly string[], draw: Draw): Promise<Planted> {
  const before = new Map<string, Uint8Array>();
  for (const path of months.flatMap((month) => [month, sidecarOf(month)])) before.set(path, await Deno.readFile(path));
  const touched = await KINDS[kind]!(months, draw);
  return {
    kind,
    path: touched[0]!,
    async undo() {
      for (const path of touched) {
        const bytes = before.get(path);
        if (bytes === undefined) await Deno.remove(path);
        else await Deno.writeFile(path, bytes);
      }
    },
  };
}

async function changed(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<readonly string[]> {
  await Deno.writeFile(path, change(await Deno.readFile(path)));
  return [path];
}

function flipped(bytes: Uint8Array, draw: Draw): Uint8Array {
  const own = bytes.slice();
  own[draw(own.length)]! ^= 1 << draw(8);
  return own;
}

async function edited(
  month: string,
  edit: (sidecar: Record<string, unknown>) => object | Promise<object>,
): Promise<readonly string[]> {
  const path = sidecarOf(month), after = await edit(JSON.parse(await Deno.readTextFile(path)));
  await Deno.writeTextFile(path, `${JSON.stringify(after, null, 2)}\n`);
  return [path];
}

/** Two different months. */
function pairOf(months: readonly string[], draw: Draw): [string, string] {
  const first = draw(months.length);
  return [months[first]!, months[(first + 1 + draw(months.length - 1)) % months.length]!];
}
