/** Text with no character that HTML would read. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Rows under a head. Columns of numbers stand to the right; `more` is a line below the table. */
export function tableMarkup(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isNumeric: (column: number) => boolean,
  more = "",
): string {
  const align = (column: number) => ` style="text-align:${isNumeric(column) ? "right" : "left"}"`;
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell, i) => `<${tag}${align(i)}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const below = more === "" ? "" : `\n<p><small>${escaped(more)}</small></p>`;
  return `<table style="width:auto">\n<thead>${line("th", head)}</thead>\n<tbody>\n${
    rows.map((row) => line("td", row)).join("\n")
  }\n</tbody>\n</table>${below}`;
}

/** The same rows as text, in aligned columns. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isNumeric: (column: number) => boolean,
  more = "",
): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const lines = all.map((row) =>
    row.map((cell, i) => isNumeric(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ").trimEnd()
  );
  return [...lines, ...(more === "" ? [] : [more])].join("\n");
}
