/** What a figure was measured on. */
export interface MachineFacts {
  readonly os: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly deno: string;
}

/** This machine. */
export function machineFacts(): MachineFacts {
  const { os, arch } = Deno.build, gb = Deno.systemMemoryInfo().total / 1e9;
  return {
    os: `${os} ${arch}`,
    cores: navigator.hardwareConcurrency,
    memoryGb: Math.round(gb),
    deno: Deno.version.deno,
  };
}
