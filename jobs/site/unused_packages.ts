/**
 * Packages that Framework's standard library can load when a page names them. It looks up the version of each in the
 * registry at every build, used or not, unless its cache has a folder for one.
 */
const UNUSED_PACKAGES = [
  "@observablehq/plot",
  "@observablehq/sample-datasets",
  "apache-arrow",
  "arquero",
  "d3",
  "d3-dsv",
  "echarts",
  "htl",
  "leaflet",
  "lodash",
  "mapbox-gl",
  "parquet-wasm",
  "react",
  "react-dom",
  "topojson-client",
];

/** Gives each unused package a version that no page loads, so that a build needs no network. */
export async function pinUnusedPackages(npmCache: string): Promise<void> {
  for (const name of UNUSED_PACKAGES) await Deno.mkdir(`${npmCache}/${name}@0.0.0`, { recursive: true });
}
