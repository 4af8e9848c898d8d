import { InputError, Secret } from "../errors/mod.ts";

/** How the objects of a bucket are reached. */
export interface BucketOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of keys that are lent for a time. */
  readonly sessionToken?: Secret;
  readonly region: string;
  /** Of a service other than Amazon's, as in `https://minio.example.org:9000`. */
  readonly endpoint?: string;
  /** Where requests name the bucket: `path`, as other services want it unless stated, or `vhost`, in the host's name. */
  readonly urlStyle?: "path" | "vhost";
  /** Folder of this machine for files on their way, and for what SQL cannot keep in memory. */
  readonly scratch: string;
  /** File of DuckDB's extension `httpfs`, where it cannot be downloaded. */
  readonly httpfs?: string;
  /** How long a writer may be silent before another takes its place. */
  readonly leaseMs?: number;
}

/** A bucket and the beginning of its objects' names. */
export interface BucketAddress {
  readonly bucket: string;
  readonly prefix: string;
}

/** True of `s3://…`. */
export function isBucketUrl(root: string): boolean {
  return /^s3:\/\//i.test(root);
}

/** Reads `s3://bucket/some/prefix`. @throws {InputError} `lake-url` where it is otherwise. */
export function bucketAddress(url: string): BucketAddress {
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]+[a-z0-9])(?:\/([\w!.*'()/=-]*))?$/.exec(url) ?? [];
  const parts = prefix.split("/").filter((part) => part !== "");
  if (bucket === undefined || parts.includes("..") || parts.includes(".")) {
    throw new InputError("lake-url", `"${url}" is not the address of a bucket: write it like s3://bucket/folder`);
  }
  return { bucket, prefix: parts.join("/") };
}

/** Where requests name the bucket: Amazon's in the host, that of other services in the path, unless stated. */
export function urlStyleOf({ endpoint, urlStyle }: BucketOptions): "path" | "vhost" {
  return urlStyle ?? (endpoint === undefined ? "vhost" : "path");
}

/** Where the bucket's objects begin, without a slash at the end: `https://s3.example.org/bucket`. */
export function bucketBase(url: string, options: BucketOptions): string {
  const { endpoint = `https://s3.${options.region}.amazonaws.com` } = options;
  const { bucket } = bucketAddress(url), { protocol, host } = new URL(endpoint);
  return urlStyleOf(options) === "path" ? `${protocol}//${host}/${bucket}` : `${protocol}//${bucket}.${host}`;
}

/**
 * The options that the usual variables state: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
 * `AWS_REGION`, `AWS_ENDPOINT_URL`, and our own `LAKE_URL_STYLE`.
 *
 * @throws {InputError} `lake-keys` where the keys are missing, `lake-url` for an endpoint that is none.
 */
export function bucketOptionsOf(
  variable: (name: string) => string | undefined,
  { scratch, httpfs }: { readonly scratch: string; readonly httpfs?: string | undefined },
): BucketOptions {
  const stated = (name: string) => variable(name) || undefined;
  const accessKeyId = stated("AWS_ACCESS_KEY_ID"), secret = stated("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined || secret === undefined) {
    throw new InputError(
      "lake-keys",
      "the lake lies in a bucket, and there are no keys for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  const token = stated("AWS_SESSION_TOKEN"), endpoint = stated("AWS_ENDPOINT_URL"), style = stated("LAKE_URL_STYLE");
  return {
    accessKeyId,
    secretAccessKey: new Secret("AWS_SECRET_ACCESS_KEY", secret),
    ...(token === undefined ? {} : { sessionToken: new Secret("AWS_SESSION_TOKEN", token) }),
    region: stated("AWS_REGION") ?? "us-east-1",
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    ...(style === undefined ? {} : { urlStyle: checkedStyle(style) }),
    scratch,
    ...(httpfs === undefined ? {} : { httpfs }),
  };
}

function checkedStyle(text: string): "path" | "vhost" {
  if (text === "path" || text === "vhost") return text;
  throw new InputError("lake-url", `LAKE_URL_STYLE "${text}" is neither path nor vhost: choose one`);
}

function checkedEndpoint(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "") return url.origin;
  throw new InputError(
    "lake-url",
    `AWS_ENDPOINT_URL "${text}" is not the address of a service: write it like https://s3.example.org`,
  );
}
