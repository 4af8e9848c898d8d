const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 96, HEIGHT = 22;

/** A curve in the size of a word; the line at 1 is where it began. */
export function sparkline(growth: readonly number[]): SVGSVGElement {
  const low = Math.min(1, ...growth), high = Math.max(1, ...growth), span = high - low || 1;
  const x = (i: number) => (i * WIDTH / Math.max(1, growth.length - 1)).toFixed(1);
  const y = (value: number) => (1 + (HEIGHT - 2) * (high - value) / span).toFixed(1);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", `sparkline ${(growth.at(-1) ?? 1) < 1 ? "loss" : "gain"}`);
  drawing.setAttribute("width", String(WIDTH));
  drawing.setAttribute("height", String(HEIGHT));
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(
    path(`M0,${y(1)}H${WIDTH}`, "start"),
    path(growth.map((value, i) => `${i === 0 ? "M" : "L"}${x(i)},${y(value)}`).join(""), "curve"),
  );
  return drawing;
}

function path(shape: string, name: string): SVGPathElement {
  const made = document.createElementNS(SVG, "path") as SVGPathElement;
  made.setAttribute("d", shape);
  made.setAttribute("class", name);
  return made;
}
