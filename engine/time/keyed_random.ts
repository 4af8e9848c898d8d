// Random numbers that belong to a thing rather than to a sequence: whoever asks first, the answer is the same. Integer
// operations only, so every machine draws the same.

/** 32 bits that stand for a text: FNV-1a over its UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Uniform in [0, 1), 32 bits, of a seed, a thing and a number, such as an instrument and a moment. */
export function keyedRandom(seed: number, thing: number, value: number): number {
  let word = mixed(seed ^ 0x9e3779b9);
  word = mixed(word ^ thing);
  word = mixed(word ^ (value | 0));
  word = mixed(word ^ Math.floor(value / 0x100000000));
  return (word >>> 0) / 0x100000000;
}

/** The finaliser of Wang Yi's and Austin Appleby's 32-bit hashes ("lowbias32" of Chris Wellons). */
function mixed(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return word ^ (word >>> 16);
}
