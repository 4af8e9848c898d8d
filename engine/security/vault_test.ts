import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../errors/mod.ts";
import { dyingAfter } from "../testing/dying_after.ts";
import { inOpenFolder } from "../testing/servers.ts";
import { keyOfPassphrase, type KeySecrets, Vault, type VaultOpener, vaultRows } from "./mod.ts";

/** The usual cost is a second; what is tested here does not depend on it. */
const COST = { passes: 1, memoryKib: 64, lanes: 1 };
const OLD = passphrase("correct horse battery"), NEW = passphrase("staple of the year");
const NOW_MS = Date.UTC(2026, 10, 27);

function passphrase(text: string) {
  return { kind: "passphrase" as const, passphrase: new Secret("passphrase", text), cost: COST };
}

function secrets(text: string): KeySecrets {
  return { apiKey: new Secret("API key", `${text}-id`), secret: new Secret("secret", text), password: null };
}

async function inVault(work: (path: string, vault: Vault) => Promise<void>): Promise<void> {
  await inOpenFolder(async (folder) => {
    const path = `${folder}/vault/keys.json`, vault = await Vault.create(path, OLD);
    await vault.add("main", "binance", secrets("swordfish"), NOW_MS);
    await vault.add("other", "coinbase", secrets("marlin"), NOW_MS);
    await work(path, vault);
  });
}

async function secretIn(vault: Vault, name: string): Promise<string> {
  return (await vault.secrets(name)).secret.reveal();
}

Deno.test("a vault gives back what was put in, in another process too, and shows nothing of it", () =>
  inVault(async (path) => {
    const vault = await Vault.open(path, OLD);
    assert.deepEqual(
      [await secretIn(vault, "main"), await secretIn(vault, "other")],
      ["swordfish", "marlin"],
    );
    for await (const { name, isFile } of Deno.readDir(path.replace(/\/[^/]+$/, ""))) {
      const file = path.replace(/[^/]+$/, name);
      assert.doesNotMatch(await Deno.readTextFile(file), /swordfish|marlin/);
      const isOurs = isFile && !name.endsWith(".lock");
      if (isOurs) assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    }
    const rows = await vaultRows(path);
    assert.deepEqual(rows!.map(({ name, venue, version, tested }) => [name, venue, version, tested]), [
      ["main", "binance", 1, null],
      ["other", "coinbase", 2, null],
    ]);
  }));

Deno.test("a wrong passphrase and a file that was changed with its checksum are refused in the same words", () =>
  inVault(async (path) => {
    const refused = async (opener: VaultOpener) => {
      const error = await Vault.open(path, opener).then(() => null, (error) => error);
      return [error?.code, error?.message];
    };
    const said = await refused(NEW);
    assert.equal(said[0], "vault-locked");
    const { checksum: _, ...rest } = JSON.parse(await Deno.readTextFile(path));
    const { identityOf } = await import("../identity/mod.ts");
    for (
      const change of [
        () => rest.entries[0].venue = "kraken",
        () => rest.entries.reverse(),
        () => rest.entries.pop(),
        () =>
          rest.entries[0].tested = {
            atMs: 1,
            permissions: { read: true, trade: true, withdraw: false, transfer: false, ipRestricted: true },
          },
      ]
    ) {
      change();
      await Deno.writeTextFile(path, JSON.stringify({ ...rest, checksum: identityOf(rest) }));
      assert.deepEqual(await refused(OLD), said);
    }
  }));

Deno.test("sealed secrets of two keys cannot be exchanged, nor an older one be put back", () =>
  inVault(async (path, vault) => {
    const { entries: [before] } = JSON.parse(await Deno.readTextFile(path));
    await vault.rotate("main", secrets("tuna"), NOW_MS);
    const { entries: [after, other] } = JSON.parse(await Deno.readTextFile(path));
    const { open, sealingKey } = await import("./sealed.ts"), { derivedBytes } = await import("./key_derivation.ts");
    const { opensWith } = JSON.parse(await Deno.readTextFile(path));
    const key = await sealingKey(derivedBytes(new Secret("passphrase", "correct horse battery"), opensWith));
    const context = (name: string, version: number) => JSON.stringify(["crypto-trader key", name, version]);
    assert.match((await open(key, after.sealed, context("main", 3)))!, /tuna/);
    assert.equal(await open(key, other.sealed, context("main", 3)), null);
    assert.equal(await open(key, before.sealed, context("main", 3)), null);
  }));

Deno.test("a vault that was cut or damaged anywhere says so, and names the version before it", () =>
  inVault(async (path) => {
    const whole = await Deno.readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 2), fc.nat(7), fc.boolean(), async (at, bit, isCut) => {
        const damaged = isCut ? whole.slice(0, at) : whole.slice();
        if (!isCut) damaged[at] ^= 1 << bit;
        const isSame = !isCut && sameValue(damaged, whole);
        await Deno.writeFile(path, damaged);
        const error = await Vault.open(path, OLD).then(() => null, (error) => error);
        if (isSame) assert.equal(error, null);
        else {
          assert.equal(error?.code, "vault-damaged");
          assert.match(error.message, /the version before it is whole: copy .*keys.json.former over it/);
        }
      }),
      { numRuns: 200 },
    );
    await Deno.copyFile(`${path}.former`, path);
    assert.equal(await secretIn(await Vault.open(path, OLD), "main"), "swordfish");
  }));

/** White space between the values of a JSON file means nothing. */
function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  try {
    const [one, other] = [a, b].map((bytes) => JSON.stringify(JSON.parse(new TextDecoder().decode(bytes))));
    return one === other;
  } catch {
    return false;
  }
}

Deno.test("a process that dies at any step of a change leaves the old vault or the new one, both usable", async () => {
  const changes: readonly [(vault: Vault) => Promise<unknown>, (vault: Vault) => Promise<boolean>][] = [
    [
      (vault) => vault.rotate("main", secrets("tuna"), NOW_MS),
      async (vault) => await secretIn(vault, "main") === "tuna",
    ],
    [
      (vault) => vault.add("third", "kraken", secrets("cod"), NOW_MS),
      (vault) => Promise.resolve(vault.rows.length === 3),
    ],
    [(vault) => vault.remove("other"), (vault) => Promise.resolve(vault.rows.length === 1)],
  ];
  for (const [change, isDone] of changes) {
    for (let steps = 0, isWhole = false; !isWhole; steps++) {
      assert.ok(steps < 40);
      await inVault(async (path, vault) => {
        isWhole = await dyingAfter(steps, () => change(vault));
        const after = await Vault.open(path, OLD), done = await isDone(after);
        if (isWhole) assert.ok(done);
        if (!done) assert.deepEqual([await secretIn(after, "main"), after.rows.length], ["swordfish", 2]);
        // Nothing that it left is in the way of the next change.
        await after.rotate("main", secrets("perch"), NOW_MS);
        assert.equal(await secretIn(await Vault.open(path, OLD), "main"), "perch");
      });
    }
  }
});

Deno.test("a passphrase is changed without a moment at which neither opens the vault, and the old one opens nothing then", async () => {
  let before = 0, after = 0;
  for (let steps = 0, isWhole = false; !isWhole; steps++) {
    assert.ok(steps < 40);
    await inVault(async (path, vault) => {
      isWhole = await dyingAfter(steps, () => vault.reopenWith(NEW));
      const opened = await Promise.allSettled([Vault.open(path, OLD), Vault.open(path, NEW)]);
      const usable = opened.filter((one) => one.status === "fulfilled").map(({ value }) => value);
      assert.equal(usable.length, 1);
      assert.equal(await secretIn(usable[0]!, "main"), "swordfish");
      if (opened[0]!.status === "fulfilled") before++;
      else {
        after++;
        // Not beside it either.
        await assert.rejects(Deno.stat(`${path}.former`), Deno.errors.NotFound);
      }
      if (!isWhole) return;
      for await (const { name } of Deno.readDir(path.replace(/\/[^/]+$/, ""))) {
        assert.match(name, /^keys.json(.lock)?$/);
      }
      assert.equal(await secretIn(vault, "other"), "marlin");
    });
  }
  assert.ok(before > 0 && after > 1);
});

Deno.test("two that change a vault at once lose nothing, and one that opened it with the old passphrase is told", () =>
  inVault(async (path, first) => {
    const second = await Vault.open(path, OLD);
    await Promise.all([
      first.add("a", "binance", secrets("a"), NOW_MS),
      second.add("b", "binance", secrets("b"), NOW_MS),
      first.add("c", "binance", secrets("c"), NOW_MS),
    ]);
    assert.deepEqual((await vaultRows(path))!.map(({ name }) => name), ["a", "b", "c", "main", "other"]);
    await first.reopenWith(NEW);
    await assert.rejects(second.remove("a"), { code: "vault-changed" });
  }));

Deno.test("versions are never given twice, and a test of a secret that was replaced meanwhile is not kept", () =>
  inVault(async (_, vault) => {
    const row = vault.row("main");
    await vault.remove("other");
    assert.equal((await vault.add("other", "binance", secrets("cod"), NOW_MS)).version, 3);
    await vault.rotate("main", secrets("tuna"), NOW_MS);
    const permissions = { read: true, trade: true, withdraw: false, transfer: false, ipRestricted: true };
    const report = { permissions, host: "api.binance.com" };
    await assert.rejects(vault.noteTest(row, report, NOW_MS), { code: "key-changed" });
    assert.deepEqual((await vault.noteTest(vault.row("main"), report, NOW_MS)).tested, { atMs: NOW_MS, ...report });
  }));

Deno.test("what cannot be a key, a passphrase or a vault is refused with what to do", () =>
  inVault(async (path, vault) => {
    await assert.rejects(vault.add("Main", "binance", secrets("a"), NOW_MS), { code: "key-name" });
    await assert.rejects(vault.add("main", "binance", secrets("a"), NOW_MS), { code: "key-exists" });
    await assert.rejects(vault.add("empty", "binance", secrets(" "), NOW_MS), { code: "credentials" });
    await assert.rejects(vault.secrets("mian"), /did you mean main/);
    await assert.rejects(Vault.create(path, OLD), { code: "vault-exists" });
    await assert.rejects(vault.reopenWith(passphrase("short")), { code: "passphrase-short" });
    await assert.rejects(Vault.open(`${path}.none`, OLD), { code: "vault-missing" });
    const key = new Secret("key", "5a".repeat(32)), opener = { kind: "key", key } as const;
    await assert.rejects(Vault.open(path, opener), { code: "vault-locked" });
    await assert.rejects(Vault.open(path, { kind: "key", key: new Secret("key", "5a") }), { code: "vault-opener" });
    const derived = await keyOfPassphrase(path, OLD.passphrase);
    assert.equal(await secretIn(await Vault.open(path, { kind: "key", key: derived }), "main"), "swordfish");
    await vault.reopenWith({ kind: "keyring", id: "0123456789abcdef", key });
    await assert.rejects(Vault.open(path, OLD), /deno task unlock/);
    assert.equal(await secretIn(await Vault.open(path, opener), "main"), "swordfish");
  }));
