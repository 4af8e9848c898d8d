/** How deep a venue's JSON may be nested: theirs has less than ten levels. */
const DEPTH_MAX = 32;

/** True when brackets are nested no deeper than 32: what is deeper is no answer of a venue, and parsing it costs stack. */
export function isShallow(text: string): boolean {
  let depth = 0, isInString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > DEPTH_MAX) return false;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return true;
}
