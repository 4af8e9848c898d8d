// The few requests that a lake makes of an object store, signed.
import { AwsClient } from "aws4fetch";
import { CodedError } from "../errors/mod.ts";
import { type BucketAddress, bucketAddress, bucketBase, type BucketOptions } from "./bucket_options.ts";

/** A request that gets no answer in this time has failed. */
const TIMEOUT_MS = 60_000;
/** Header of an object by which a writer recognises what it has written itself. */
const DIGEST = "x-amz-meta-sha256";

/** An object as it was read: the tag changes whenever the object does. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** What must be there for a write to happen: an object of that tag, or none; without it whatever is there. */
export interface Expected {
  readonly tag: string | null;
}

/** Objects by their full address, as in `s3://bucket/lake/x.parquet`. */
export class Bucket {
  readonly #client: AwsClient;
  readonly #address: BucketAddress;
  readonly #base: string;

  constructor(url: string, options: BucketOptions) {
    this.#address = bucketAddress(url);
    this.#base = bucketBase(url, options);
    this.#client = new AwsClient({
      accessKeyId: options.accessKeyId,
      secretAccessKey: options.secretAccessKey.reveal(),
      ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken.reveal() }),
      service: "s3",
      region: options.region,
      retries: 4,
    });
  }

  async get(path: string): Promise<StoredObject | null> {
    const answer = await this.#send("GET", path);
    if (answer === null) return null;
    return { bytes: new Uint8Array(await answer.arrayBuffer()), tag: answer.headers.get("etag") ?? "" };
  }

  async tagOf(path: string): Promise<string | null> {
    return (await this.#send("HEAD", path))?.headers.get("etag") ?? null;
  }

  /** Writes an object by one request, whole. False when something else was there than expected: nothing is written then. */
  async put(path: string, bytes: Uint8Array, sha256: string, expected?: Expected): Promise<boolean> {
    const condition: Record<string, string> = expected === undefined
      ? {}
      : expected.tag === null
      ? { "if-none-match": "*" }
      : { "if-match": expected.tag };
    const answer = await this.#send("PUT", path, bytes, { ...condition, [DIGEST]: sha256 });
    await answer?.body?.cancel();
    if (answer !== null && answer.status !== 412 && answer.status !== 409) return true;
    // The answer to a first try may have been lost: then the one who was there meanwhile is ourselves.
    return (await this.#send("HEAD", path))?.headers.get(DIGEST) === sha256;
  }

  async delete(path: string): Promise<void> {
    await (await this.#send("DELETE", path))?.body?.cancel();
  }

  /** Names directly below a folder, those of folders too, that begin with a prefix; sorted. */
  async names(folder: string, prefix: string): Promise<string[]> {
    const names: string[] = [], key = this.#key(folder), begin = key === "" ? "" : `${key}/`;
    let next: string | undefined;
    do {
      const query = new URLSearchParams({ "list-type": "2", prefix: begin + prefix, delimiter: "/" });
      query.set("encoding-type", "url");
      if (next !== undefined) query.set("continuation-token", next);
      const text = await (await this.#send("GET", null, undefined, {}, query))?.text() ?? "";
      // The answer begins with the prefix that was asked for, which is no name.
      for (const [, key] of text.matchAll(/(?:<Key>|<CommonPrefixes>\s*<Prefix>)([^<]+)</g)) {
        const name = decoded(key!);
        if (name.startsWith(begin) && name.length > begin.length) {
          names.push(name.slice(begin.length).replace(/\/$/, ""));
        }
      }
      next = /<NextContinuationToken>([^<]+)</.exec(text)?.[1];
    } while (next !== undefined);
    return [...new Set(names)].filter((name) => name.startsWith(prefix)).sort();
  }

  #key(path: string): string {
    return path.replace(/^s3:\/\/[^/]+\/?/, "");
  }

  /** Null where there is no such object. */
  async #send(
    method: string,
    path: string | null,
    body?: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
    query?: URLSearchParams,
  ): Promise<Response | null> {
    const name = path === null ? "" : this.#key(path).split("/").map(encodeURIComponent).join("/");
    const what = `${method} ${path ?? `s3://${this.#address.bucket}`}`;
    let answer: Response;
    try {
      answer = await this.#client.fetch(`${this.#base}/${name}${query === undefined ? "" : `?${query}`}`, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      });
    } catch (cause) {
      throw unreachable(this.#base, cause);
    }
    const isExpected = answer.ok || answer.status === 412 || (answer.status === 409 && method === "PUT");
    if (isExpected) return answer;
    const text = await answer.text();
    const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? answer.statusText;
    if (answer.status === 404 && code !== "NoSuchBucket") return null;
    throw new CodedError("bucket", `${what} was refused with ${answer.status} ${code}: ${remedy(answer.status, code)}`);
  }
}

function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " ").replaceAll("&amp;", "&"));
}

function remedy(status: number, code: string): string {
  if (code === "NoSuchBucket") return "make the bucket, or mend the address in LAKE_URL";
  if (status === 301 || code === "PermanentRedirect") return "set AWS_REGION to the bucket's region";
  if (status === 401 || status === 403) return "check the keys, and what they may do with this bucket";
  return status >= 500 ? "the service has trouble; do it again later" : "check LAKE_URL and AWS_ENDPOINT_URL";
}

function unreachable(base: string, cause: unknown): CodedError {
  const { host } = new URL(base);
  if (cause instanceof Deno.errors.NotCapable) {
    return new CodedError(
      "bucket",
      `this command may not reach ${host}: add it to "net" of its permission set in deno.json`,
      { cause },
    );
  }
  return new CodedError("bucket", `${host} does not answer: check the network and AWS_ENDPOINT_URL`, { cause });
}
