// Test support only: a certificate for this machine, made anew for each test, so that no private key lies in the
// repository. X.509 in DER (RFC 5280), signed by Ed25519 (RFC 8410).

/** A certificate with its key, in PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** A certificate of `localhost` and `127.0.0.1` that nobody but a test trusts. */
export async function selfSigned(): Promise<SelfSigned> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const ed25519 = der(SEQUENCE, der(OBJECT, [0x2b, 0x65, 0x70]));
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, der(OBJECT, [0x55, 4, 3]), der(0x0c, ascii("loopback test")))));
  const hosts = der(SEQUENCE, der(0x82, ascii("localhost")), der(0x87, [127, 0, 0, 1]));
  const extensions = der(SEQUENCE, der(SEQUENCE, der(OBJECT, [0x55, 0x1d, 0x11]), der(0x04, hosts)));
  const validity = der(SEQUENCE, der(0x18, ascii("20200101000000Z")), der(0x18, ascii("21200101000000Z")));
  const version = der(0xa0, der(0x02, [2])), serial = der(0x02, [1]);
  const body = der(SEQUENCE, version, serial, ed25519, name, validity, name, publicKey, der(0xa3, extensions));
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, body));
  const certificate = der(SEQUENCE, body, ed25519, der(0x03, [0, ...signature]));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", privateKey) };
}

const SEQUENCE = 0x30, OBJECT = 0x06;

/** One element: its tag, its length, what it holds. */
function der(tag: number, ...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => Array.from(part)), { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Uint8Array.from([tag, ...size, ...content]);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function pem(label: string, bytes: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${bytes.toBase64().replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
}
