/** What may stand inside an element. Text is text: markup in it is shown, never read. */
export type Content = Node | string | number;

/** Makes an HTML element; attributes that are undefined are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...content.map((part) => typeof part === "number" ? String(part) : part));
  return made;
}
