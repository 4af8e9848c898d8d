import { isBucketUrl } from "./bucket_options.ts";
import { BucketStorage } from "./bucket_storage.ts";
import { FolderStorage } from "./folder_storage.ts";
import type { Storage } from "./storage.ts";

/** A lake's place: the path of a folder, the address of a bucket (`s3://bucket/lake`), or what was opened already. */
export type LakeRoot = string | Storage;

/** The storage of a place; a bucket's with the keys of the environment's usual variables, see {@linkcode BucketOptions}. */
export function storageOf(root: LakeRoot): Storage {
  if (typeof root !== "string") return root;
  return isBucketUrl(root) ? BucketStorage.ofEnvironment(root) : new FolderStorage(root);
}
