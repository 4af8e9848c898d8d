import { type AuditHead, type AuditRow, hashOfRow, NO_ROWS } from "./audit_row.ts";
import type { AuditAnchor } from "./audit_anchors.ts";
import { type AuditSignature, signatureFaults, signerName } from "./audit_signatures.ts";

/** Something that is not as it was written. */
export interface AuditFault {
  readonly kind: "edited" | "deleted" | "replaced" | "cut" | "signature" | "unanchored";
  /** Row at which it shows. */
  readonly seq: number;
  readonly message: string;
}

/** What a chain is found to be. */
export interface AuditCheck {
  readonly rows: number;
  readonly head: AuditHead;
  /** Row up to which the chain is tied to the file outside of the database; what follows could still be cut off. */
  readonly anchoredTo: number;
  /** Row up to which it is signed, and by whom; 0 and nobody where it never was. */
  readonly signedTo: number;
  readonly signers: readonly string[];
  /** The first {@linkcode FAULTS_SHOWN}; there are none in a sound chain. */
  readonly faults: readonly AuditFault[];
}

const UNANCHORED =
  "no anchor knows this chain: its file beside the data has gone, or DATABASE_URL named the database " +
  "in another way when it was written; bring it back, or add a row by any audited act once you have looked at all rows";

/** More of them say no more. */
const FAULTS_SHOWN = 100;

/** Reads the rows in their order, and ties them to what was remembered of them elsewhere. */
export async function checkAudit(
  rows: AsyncIterable<readonly AuditRow[]> | Iterable<readonly AuditRow[]>,
  anchors: readonly AuditAnchor[],
  signatures: readonly AuditSignature[] = [],
): Promise<AuditCheck> {
  const faults: AuditFault[] = [], known = [...anchors, ...signatures];
  const anchored = Map.groupBy(known, ({ seq }) => seq);
  const tell = (kind: AuditFault["kind"], seq: number, message: string) => {
    if (faults.length < FAULTS_SHOWN) faults.push({ kind, seq, message });
  };
  let head = NO_ROWS, count = 0;
  for await (const some of rows) {
    for (const row of some) {
      count++;
      if (row.seq !== head.seq + 1) tell("deleted", head.seq + 1, missing(head.seq + 1, row.seq - 1));
      else if (row.prevHash !== head.hash) {
        tell("replaced", row.seq, `row ${row.seq} follows another row ${head.seq} than the one that is there`);
      }
      if (hashOfRow(row) !== row.hash) tell("edited", row.seq, `row ${row.seq} is not what its hash says`);
      if (anchored.get(row.seq)?.some(({ hash }) => hash !== row.hash)) {
        tell("replaced", row.seq, `row ${row.seq} is another one than the one that was anchored`);
      }
      head = { seq: row.seq, hash: row.hash };
    }
  }
  for (const { seq, message } of await signatureFaults(signatures)) tell("signature", seq, message);
  const last = known.reduce((most, { seq }) => Math.max(most, seq), 0);
  if (last > head.seq) tell("cut", head.seq + 1, `${missing(head.seq + 1, last)}: an anchor knows row ${last}`);
  // Each row is anchored as it is written: without any anchor nobody can say that none was cut off.
  if (count > 0 && anchors.length === 0) tell("unanchored", head.seq, UNANCHORED);
  const signedTo = signatures.reduce((most, { seq }) => Math.max(most, seq), 0);
  const signers = [...new Set(signatures.map(signerName))];
  return { rows: count, head, anchoredTo: Math.min(last, head.seq), signedTo, signers, faults };
}

function missing(first: number, last: number): string {
  return first >= last ? `row ${first} is missing` : `rows ${first} to ${last} are missing`;
}
