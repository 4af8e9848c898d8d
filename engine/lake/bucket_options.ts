import { InputError, Secret } from "../errors/mod.ts";

/** How the objects of a bucket are reached. */
export interface BucketOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of keys that are lent for a time. */
  readonly sessionToken?: Secret;
  readonly region: string;
  /** Of a service other than Amazon's, as in `https://minio.example.org:9000`; its buckets are named by the path. */
  readonly endpoint?: string;
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

/**
 * The options that the usual variables state: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
 * `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
 *
 * @throws {InputError} `lake-keys` where the keys are missing, `lake-url` for an endpoint that is none.
 */
export function bucketOptionsOf(
  variable: (name: string) => string | undefined,
  { scratch, httpfs }: { readonly scratch: string; readonly httpfs?: string | undefined },
): BucketOptions {
  const first = (...names: string[]) => names.map(variable).find((value) => value !== undefined && value !== "");
  const accessKeyId = first("AWS_ACCESS_KEY_ID"), secret = first("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined || secret === undefined) {
    throw new InputError(
      "lake-keys",
      "the lake lies in a bucket, and there are no keys for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  const token = first("AWS_SESSION_TOKEN"), endpoint = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  return {
    accessKeyId,
    secretAccessKey: new Secret("AWS_SECRET_ACCESS_KEY", secret),
    ...(token === undefined ? {} : { sessionToken: new Secret("AWS_SESSION_TOKEN", token) }),
    region: first("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1",
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    scratch,
    ...(httpfs === undefined ? {} : { httpfs }),
  };
}

function checkedEndpoint(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "") return url.origin;
  throw new InputError(
    "lake-url",
    `AWS_ENDPOINT_URL "${text}" is not the address of a service: write it like https://s3.example.org`,
  );
}
