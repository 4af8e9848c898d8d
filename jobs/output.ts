// Answers go to standard output, everything else to standard error: with --json, standard output is one document.

/** Prints a command's answer: the document itself with --json, else the text made from it. */
export function answer(options: { json?: boolean }, document: unknown, text: () => string): void {
  console.log(options.json ? JSON.stringify(document) : text());
}

/** Says something beside the answer: a log line, a warning, an error. */
export function note(message: string): void {
  console.error(message);
}

/** Rows in aligned columns, the head first; columns of numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)));
  const toTheRight = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"));
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell, i) => toTheRight[i] ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]))
      .join("  ").trimEnd();
  return [head, ...rows].map(line).join("\n");
}
