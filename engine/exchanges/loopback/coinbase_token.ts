import { Buffer } from "node:buffer";
import { createPublicKey, verify } from "node:crypto";

/** A key of Coinbase's dialect: its name, and the public half as PEM, EC (P-256) or Ed25519. */
export interface CoinbaseKey {
  readonly apiKey: string;
  readonly publicKey: string;
  /** What it may do, in the venue's words; without one it may see and trade. */
  readonly permissions?: Readonly<Record<string, boolean>>;
}

/** A request as its token names it; a socket's token names no method and no path. */
interface TokenRequest {
  readonly method: string | null;
  readonly path: string;
  readonly authorization: string | null;
}

const AHEAD_S = 1;

/**
 * Why a request's token is not let in; null where it is. Tokens are JWTs, ES256 or EdDSA by the kind of the key, good from
 * `nbf` to `exp` for one method and path. Source: Coinbase Developer Documentation, "API Key Authentication".
 */
export function tokenProblem(request: TokenRequest, key: CoinbaseKey | null, nowMs: number): string | null {
  const parts = (request.authorization ?? "").replace(/^Bearer /, "").split(".");
  if (parts.length !== 3 || key === null) return "no token";
  const header = jsonOf(parts[0]!), claims = jsonOf(parts[1]!);
  if (header === null || claims === null || claims.sub !== key.apiKey) return "not this key";
  const publicKey = createPublicKey(key.publicKey), isEdwards = publicKey.asymmetricKeyType === "ed25519";
  if (header.alg !== (isEdwards ? "EdDSA" : "ES256")) return "not this algorithm";
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`), signature = Buffer.from(parts[2]!, "base64url");
  const isSigned = isEdwards
    ? verify(null, signed, publicKey, signature)
    : verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
  if (!isSigned) return "the signature is not valid";
  const nowS = nowMs / 1_000;
  if (!(Number(claims.nbf) <= nowS + AHEAD_S && nowS < Number(claims.exp))) return "not valid at this time";
  if (request.method === null) return null;
  const uris = [claims.uri, ...(Array.isArray(claims.uris) ? claims.uris : [])].map(String);
  const isForIt = uris.some((uri) => uri.startsWith(`${request.method} `) && uri.endsWith(request.path));
  return isForIt ? null : "for another request";
}

function jsonOf(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return null;
  }
}
