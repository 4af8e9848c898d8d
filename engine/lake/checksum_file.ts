// The sum that a publisher puts beside an archive, as Binance does: `<SHA-256>  <name>` in a file NAME.CHECKSUM.
import { InputError } from "../errors/mod.ts";
import { sha256OfFile, textIfThere } from "./atomic_file.ts";

/**
 * Makes sure that an archive is the one that was published.
 *
 * @param isOptional Lets an archive pass whose sum is not there; one that differs from its sum never passes.
 * @throws {InputError} `checksum` when it is not, or nobody can tell.
 */
export async function requireChecksum(archive: string, isOptional: boolean): Promise<void> {
  const name = archive.split("/").at(-1)!, text = await textIfThere(`${archive}.CHECKSUM`);
  if (text === null) {
    if (isOptional) return;
    throw new InputError(
      "checksum",
      `${name} has no ${name}.CHECKSUM beside it: fetch that too, or import unchecked with --no-checksum`,
    );
  }
  const [, sha256, of] = /^([0-9a-f]{64})[ \t]+\*?(\S+)\s*$/i.exec(text) ?? [];
  if (sha256 === undefined) {
    throw new InputError("checksum", `${name}.CHECKSUM does not hold a SHA-256 and a file name: fetch it again`);
  }
  if (of !== name) {
    throw new InputError("checksum", `${name}.CHECKSUM is of another file than ${name}: fetch both again`);
  }
  if (await sha256OfFile(archive) !== sha256.toLowerCase()) {
    throw new InputError("checksum", `${name} does not have the sum that ${name}.CHECKSUM states: fetch both again`);
  }
}
