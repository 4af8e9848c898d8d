import assert from "node:assert/strict";
import { Secret } from "../engine/errors/mod.ts";
import { type Keyring, openKeyring, Vault } from "../engine/security/mod.ts";
import { inOpenFolder } from "../engine/testing/servers.ts";
import { unlockLines } from "./unlock_lines.ts";

const COST = { passes: 1, memoryKib: 64, lanes: 1 }, PASSPHRASE = new Secret("passphrase", "correct horse battery");

function memoryKeyring(): Keyring & { readonly keys: Map<string, Secret> } {
  const keys = new Map<string, Secret>();
  return {
    keys,
    get: (id) => keys.get(id) ?? null,
    set: (id, key) => void keys.set(id, key),
    remove: (id) => void keys.delete(id),
  };
}

/** What `keys` reads of the lines. */
function keysIn(lines: readonly string[]) {
  const [key, made] = ["vault-key:", "new-vault-key:"].map((prefix) =>
    lines.find((line) => line.startsWith(prefix))?.slice(prefix.length)
  );
  return {
    opener: { kind: "key", key: new Secret("key", key!) } as const,
    made: made === undefined ? null : { id: made.split(":")[0]!, key: new Secret("key", made.split(":")[1]!) },
  };
}

Deno.test("a vault moves into the keyring, from one key of it to the next, and whatever is interrupted still opens", () =>
  inOpenFolder(async (folder) => {
    const path = `${folder}/vault/keys.json`, keyring = memoryKeyring();
    await Vault.create(path, { kind: "passphrase", passphrase: PASSPHRASE, cost: COST });
    let asked = 0;
    const lines = (isNew: boolean) =>
      unlockLines(path, isNew, {
        openKeyring: () => Promise.resolve(keyring),
        askPassphrase: () => (asked++, Promise.resolve(PASSPHRASE)),
      });
    await Vault.open(path, keysIn(await lines(false)).opener);
    assert.deepEqual([asked, keyring.keys.size], [1, 0]);

    await lines(true); // and the process behind it died
    const first = keysIn(await lines(true));
    const vault = await Vault.open(path, first.opener);
    await vault.reopenWith({ kind: "keyring", ...first.made! });

    const second = keysIn(await lines(true)); // died again
    assert.equal(asked, 3);
    assert.ok(second.opener.key.equals(first.made!.key));
    await Vault.open(path, keysIn(await lines(false)).opener);
    const third = keysIn(await lines(true));
    await (await Vault.open(path, third.opener)).reopenWith({ kind: "keyring", ...third.made! });
    await Vault.open(path, keysIn(await lines(false)).opener);

    keyring.keys.clear();
    await assert.rejects(lines(false), { code: "keyring-empty" });
    await assert.rejects(unlockLines(`${path}.none`, false, undefined as never), { code: "vault-missing" });
  }));

Deno.test("a new key for one vault leaves those of every other vault of the user", () =>
  inOpenFolder(async (folder) => {
    const keyring = memoryKeyring(), ask = () => Promise.reject(new Error("nobody is asked"));
    const lines = (path: string, isNew: boolean) =>
      unlockLines(path, isNew, { openKeyring: () => Promise.resolve(keyring), askPassphrase: ask });
    const [first, second] = [`${folder}/first.json`, `${folder}/second.json`];
    for (const path of [first, second]) {
      const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
      const made = new Secret("key", crypto.getRandomValues(new Uint8Array(32)).toHex());
      keyring.set(id, made);
      await Vault.create(path, { kind: "keyring", id, key: made });
    }
    for (let rotation = 0; rotation < 3; rotation++) {
      const { opener, made } = keysIn(await lines(first, true));
      await (await Vault.open(first, opener)).reopenWith({ kind: "keyring", ...made! });
    }
    for (const path of [first, second]) await Vault.open(path, keysIn(await lines(path, false)).opener);
  }));

Deno.test("a wrong passphrase is found before anything is handed on, and a keyring that keeps nothing is none", () =>
  inOpenFolder(async (folder) => {
    const path = `${folder}/vault/keys.json`;
    await Vault.create(path, { kind: "passphrase", passphrase: PASSPHRASE, cost: COST });
    const askPassphrase = () => Promise.resolve(new Secret("passphrase", "another one"));
    const none = { openKeyring, askPassphrase };
    await assert.rejects(unlockLines(path, false, none), { code: "vault-locked" });
    const forgetful = { ...memoryKeyring(), set: () => {} };
    await assert.rejects(
      unlockLines(path, true, {
        openKeyring: () => Promise.resolve(forgetful),
        askPassphrase: () => Promise.resolve(PASSPHRASE),
      }),
      { code: "keyring-missing" },
    );
  }));

Deno.test("the keyring of this machine keeps a key, or says that there is none and to use the passphrase", async () => {
  let keyring: Keyring;
  try {
    keyring = await openKeyring();
  } catch (error) {
    assert.equal((error as { code: string }).code, "keyring-missing");
    assert.match(
      (error as Error).message,
      /no OS keyring answers on this machine \(.+\): open the vault by its passphrase/,
    );
    return;
  }
  const id = "test-of-crypto-trader", key = new Secret("key", "5a".repeat(32));
  try {
    keyring.set(id, key);
    assert.ok(keyring.get(id)!.equals(key));
  } finally {
    keyring.remove(id);
  }
  assert.equal(keyring.get(id), null);
});
