/**
 * A box that draws itself as wide as the page lets it, and again when that changes.
 *
 * @param draw Makes the drawing for a width in pixels.
 */
export function responsive(draw: (width: number) => Element): HTMLDivElement {
  const box = document.createElement("div");
  box.className = "drawing";
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === 0 || width === drawn) return;
    drawn = width;
    box.replaceChildren(draw(width));
  }).observe(box);
  return box;
}
