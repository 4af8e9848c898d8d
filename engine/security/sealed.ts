import { z } from "zod";

/** Text that only a key opens: AES-256-GCM with a random nonce of 96 bits; the tag is at the end of `data`. */
export const sealedSchema = z.strictObject({ nonce: z.base64().length(16), data: z.base64() });

/** See {@linkcode sealedSchema}. */
export type Sealed = z.infer<typeof sealedSchema>;

/** The key for 32 bytes, which nothing can read out of it again. The bytes are overwritten. */
export async function sealingKey(bytes: Uint8Array): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]);
  bytes.fill(0);
  return key;
}

/** Seals a text; it opens only beside the same `context`. */
export async function seal(key: CryptoKey, text: string, context: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12)), additionalData = bytesOf(context);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytesOf(text));
  return { nonce: iv.toBase64(), data: new Uint8Array(data).toBase64() };
}

/** The text; null where the key or the context is another one, or where a bit was changed. */
export async function open(key: CryptoKey, { nonce, data }: Sealed, context: string): Promise<string | null> {
  const iv = Uint8Array.fromBase64(nonce), additionalData = bytesOf(context);
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, Uint8Array.fromBase64(data));
    return new TextDecoder().decode(text);
  } catch {
    return null;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
