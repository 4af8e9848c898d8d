import { z } from "zod";

/** What a venue says that a key may do; null where it does not say. */
export const keyPermissionsSchema = z.strictObject({
  read: z.boolean(),
  trade: z.boolean(),
  withdraw: z.boolean(),
  transfer: z.boolean(),
  ipRestricted: z.boolean().nullable(),
});

/** See {@linkcode keyPermissionsSchema}. */
export type KeyPermissions = Readonly<z.infer<typeof keyPermissionsSchema>>;

/** Why a key must not be used; none where it may. A stolen key can then trade from one address, and take nothing away. */
export function keyFaults({ read, withdraw, transfer, ipRestricted }: KeyPermissions): string[] {
  const faults: [boolean, string][] = [
    [withdraw, "it can withdraw"],
    [transfer, "it can transfer"],
    [ipRestricted === false, "it works from any address"],
    [!read, "it cannot read the account"],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

/** Permissions in a few words. */
export function permissionsText({ read, trade, withdraw, transfer, ipRestricted }: KeyPermissions): string {
  const may = Object.entries({ read, trade, withdraw, transfer }).filter(([, can]) => can).map(([name]) => name);
  const from = ipRestricted === null
    ? "the venue does not tell from where"
    : ipRestricted
    ? "named addresses"
    : "anywhere";
  return `${may.join(", ") || "nothing"}; ${from}`;
}
