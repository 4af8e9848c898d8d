import assert from "node:assert/strict";
import { openDesk } from "../../engine/testing/loopback_client.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { type Answer, programThatReads } from "../testing/program.ts";

const PASSPHRASE = "canary-passphrase-7f3a", API_KEY = "canary-api-key-19bd", SECRET = "canary-secret-c044";
const NEXT_PASSPHRASE = "canary-passphrase-81ee", NEXT_SECRET = "canary-secret-5aa1", SETTING = "canary-setting-2d6c";

/** Commands on one data folder; what they print is kept. */
class Desk {
  readonly answers: Answer[] = [];

  constructor(readonly dataDir: string, readonly environment: Readonly<Record<string, string>>) {}

  async run(lines: readonly string[], ...args: string[]): Promise<Answer> {
    const input = lines.map((line) => `${line}\n`).join("");
    const answer = await programThatReads(input, this.dataDir, this.environment)(...args);
    this.answers.push(answer);
    return answer;
  }

  async json(lines: readonly string[], ...args: string[]) {
    const { stdout, stderr } = await this.run(lines, ...args, "--json");
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout);
  }
}

async function atDesk(work: (desk: Desk) => Promise<void>, environment: Readonly<Record<string, string>> = {}) {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "keys_test_" });
  try {
    await work(new Desk(dataDir, environment));
  } finally {
    await removeDataFolder(dataDir);
  }
}

Deno.test("a key is added, tested at its venue, given a new secret and removed by commands", () =>
  atDesk(async (desk) => {
    let permissions: Record<string, boolean> = {};
    const venue = openDesk({
      key: {
        apiKey: API_KEY,
        secret: SECRET,
        get permissions() {
          return permissions;
        },
      },
    });
    const at = ["--exchange-url", venue.exchange.url];
    try {
      assert.deepEqual((await desk.json([], "keys", "list")).keys, []);
      const added = await desk.json([PASSPHRASE, API_KEY, SECRET], "keys", "add", "main", "--venue", "binance");
      assert.deepEqual([added.name, added.venue, added.verdict], ["main", "binance", "not tested"]);

      const test = (...lines: string[]) => desk.json(lines, "keys", "test", "main", ...at);
      assert.equal((await test(PASSPHRASE)).verdict, "accepted");
      permissions = { enableWithdrawals: true, ipRestrict: false };
      const refused = await desk.run([PASSPHRASE], "keys", "test", "main", ...at);
      assert.deepEqual([refused.code, /refused: it can withdraw, it works from any address/.test(refused.stdout)], [
        1,
        true,
      ]);
      assert.match(
        (await desk.run([], "keys", "list")).stdout,
        /main +binance +[0-9a-f]{12} .* refused: it can withdraw/,
      );

      // What the venue does not let in, or what could take money away, does not replace what is there.
      const unknown = await desk.run([PASSPHRASE, API_KEY, NEXT_SECRET], "keys", "rotate", "main", ...at);
      assert.deepEqual([unknown.code, /did not say what the key may do/.test(unknown.stderr)], [1, true]);
      const harmful = await desk.run([PASSPHRASE, API_KEY, SECRET], "keys", "rotate", "main", ...at);
      assert.match(harmful.stderr, /the new secret of main is refused, the old one stays: it can withdraw/);
      assert.equal((await desk.json([], "keys", "list")).keys[0].fingerprint, added.fingerprint);
      permissions = {};
      const rotated = await desk.json([PASSPHRASE, API_KEY, SECRET], "keys", "rotate", "main", ...at);
      assert.deepEqual([rotated.version, rotated.verdict], [2, "accepted"]);

      const reopened = await desk.json([PASSPHRASE, NEXT_PASSPHRASE], "keys", "rotate");
      assert.deepEqual(reopened, { opensWith: "passphrase", keys: 1 });
      const old = await desk.run([PASSPHRASE], "keys", "test", "main", ...at);
      assert.match(old.stderr, /does not open: the passphrase is wrong, or somebody changed the file/);
      assert.equal((await test(NEXT_PASSPHRASE)).verdict, "accepted");
      assert.equal((await desk.json([NEXT_PASSPHRASE], "keys", "remove", "main")).removed.name, "main");
      assert.deepEqual((await desk.json([], "keys", "list")).keys, []);

      const { rows } = await desk.json([], "audit", "list");
      assert.deepEqual(rows.map(({ action, subject }: { action: string; subject: string }) => `${action} ${subject}`), [
        "keys.remove main",
        ...["keys.test main", "keys.rotate vault", "keys.rotate main", "keys.test main", "keys.test main"],
        ...["keys.add main", "vault.create vault", "settings.change settings"],
      ]);
      const verified = await desk.json([], "audit", "verify");
      assert.deepEqual([verified.rows, verified.anchoredTo, verified.faults], [9, 9, []]);
      // An anchor that the chain does not reach: rows were cut off, and nothing more is done.
      const file = `${desk.dataDir}/audit/embedded.jsonl`, anchors = await Deno.readTextFile(file);
      await Deno.writeTextFile(file, anchors + `{"atMs":1,"seq":11,"hash":"${"ab".repeat(32)}"}\n`);
      const cut = await desk.run([], "audit", "verify");
      assert.deepEqual([cut.code, /rows 10 to 11 are missing: an anchor knows row 11/.test(cut.stdout)], [1, true]);
      const late = await desk.run([NEXT_PASSPHRASE, API_KEY, SECRET], "keys", "add", "late", "--venue", "binance");
      assert.match(late.stderr, /deno task audit verify says more/);
      assert.deepEqual((await desk.json([], "keys", "list")).keys, []);
    } finally {
      await venue.close();
    }
  }));

Deno.test("secrets appear in nothing that commands print or write, also where they fail (G11)", () =>
  atDesk(async (desk) => {
    const all = [PASSPHRASE, API_KEY, SECRET, NEXT_PASSPHRASE, NEXT_SECRET, SETTING];
    const pem = ["-----BEGIN PRIVATE KEY-----", SECRET, "-----END PRIVATE KEY-----"];
    await desk.run([PASSPHRASE, API_KEY, SECRET], "keys", "add", "main", "--venue", "binance");
    await desk.run([PASSPHRASE, API_KEY, ...pem], "keys", "add", "other", "--venue", "coinbase", "--debug");
    await desk.run([PASSPHRASE, API_KEY, SECRET], "keys", "add", "main", "--venue", "binance", "--debug");
    await desk.run([PASSPHRASE, API_KEY, SECRET], "keys", "add", "third", "--venue", SETTING.slice(0, 6));
    await desk.run([PASSPHRASE, API_KEY], "keys", "add", "third", "--venue", "binance", "--debug");
    await desk.run([NEXT_PASSPHRASE], "keys", "test", "main", "--debug");
    await desk.run([PASSPHRASE], "keys", "test", "main", "--exchange-url", "http://127.0.0.1:1", "--debug");
    await desk.run([PASSPHRASE], "keys", "test", "other", "--exchange-url", "http://127.0.0.1:1", "--debug");
    await desk.run([PASSPHRASE, API_KEY, NEXT_SECRET], "keys", "rotate", "main", "--untested");
    await desk.run([PASSPHRASE, NEXT_PASSPHRASE], "keys", "rotate", "--debug");
    await desk.run([`vault-key:${SECRET}`], "keys", "test", "main", "--debug");
    await desk.run([], "keys", "list");
    await desk.run([], "doctor", "--json");
    await desk.run([NEXT_PASSPHRASE], "keys", "remove", "other", "--json");

    const shown = desk.answers.map(({ stdout, stderr }) => stdout + stderr);
    await desk.run([], "audit", "list", "--json");
    // The database's own files too: rows, log and all.
    const home = await Deno.readTextFile(`${desk.dataDir}/db/home`).catch(() => null);
    const written = [desk.dataDir, ...(home === null ? [] : [home])].flatMap((folder) => textsBelow(folder));
    assert.ok(desk.answers.filter(({ code }) => code === 0).length >= 5);
    assert.ok(desk.answers.filter(({ code }) => code === 1).length >= 6);
    assert.ok(written.some((text) => text.includes("fingerprint")));
    for (const secret of all) {
      for (const form of [secret, btoa(secret), new TextEncoder().encode(secret).toHex()]) {
        const where = [...shown, ...written].filter((text) => text.includes(form));
        assert.deepEqual(where.map((text) => text.slice(0, 300)), [], form);
      }
    }
  }, { AWS_SECRET_ACCESS_KEY: SETTING, REDIS_URL: `redis://user:${SETTING}@127.0.0.1:1` }));

/** What is in all files below a folder, byte by byte. */
function textsBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? textsBelow(`${folder}/${name}`)
      : [new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))]
  );
}

Deno.test("a secret given as an argument is refused and not repeated", () =>
  atDesk(async (desk) => {
    const { code, stderr } = await desk.run([], "keys", "add", "main", SECRET, "--venue", "binance");
    assert.equal(code, 2);
    assert.ok(!stderr.includes(SECRET));
  }));

Deno.test("input that ends too soon, and a name that is none, are refused with what to do", () =>
  atDesk(async (desk) => {
    const said = async (lines: string[], ...args: string[]) => (await desk.run(lines, ...args)).stderr;
    assert.match(await said([], "keys", "test", "main"), /there is no vault at .*: deno task keys add makes one/);
    assert.match(await said(["short"], "keys", "add", "main", "--venue", "binance"), /the passphrase is too short/);
    assert.match(await said([], "keys", "add", "main", "--venue", "binanse"), /did you mean binance/);
    assert.match(
      await said([PASSPHRASE, API_KEY], "keys", "add", "main", "--venue", "binance"),
      /standard input ended before the secret: give one line for each/,
    );
  }));

Deno.test("unlock hands the key of the vault to keys, which moves it into the keyring and opens it with what is there", () =>
  atDesk(async (desk) => {
    await desk.run([PASSPHRASE, API_KEY, SECRET], "keys", "add", "main", "--venue", "binance");
    const wrong = await desk.run([NEXT_PASSPHRASE], "unlock");
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    const { stdout: line, stderr } = await desk.run([PASSPHRASE], "unlock");
    assert.match(line, /^vault-key:[0-9a-f]{64}\n$/);
    assert.match(stderr, /the vault opens with a passphrase, not with the OS keyring/);
    const made = `new-vault-key:0123456789abcdef:${"5a".repeat(32)}`;
    assert.deepEqual(await desk.json([line.trim(), made], "keys", "rotate"), { opensWith: "keyring", keys: 1 });
    const old = await desk.run([line.trim()], "keys", "remove", "main");
    assert.match(old.stderr, /does not open/);
    const byPassphrase = await desk.run([PASSPHRASE], "keys", "remove", "main");
    assert.match(byPassphrase.stderr, /this vault opens with the OS keyring: pipe in what unlock prints/);
    const none = await desk.run([], "unlock");
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(none.stderr, /the OS keyring has no key 0123456789abcdef|no OS keyring answers on this machine/);
    assert.equal((await desk.json([`vault-key:${"5a".repeat(32)}`], "keys", "remove", "main")).removed.name, "main");
  }));
