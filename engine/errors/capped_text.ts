/** A body went on beyond its cap. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** The text of a body, of which at most `bytesMax` bytes are ever held. @throws {BodyTooLarge} */
export async function cappedText(response: Response, bytesMax: number): Promise<string> {
  if (Number(response.headers.get("content-length") ?? 0) > bytesMax) {
    await response.body?.cancel();
    throw new BodyTooLarge();
  }
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > bytesMax) throw new BodyTooLarge(); // leaving the loop cancels the body
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
