import assert from "node:assert/strict";
import { Secret } from "../../engine/errors/mod.ts";
import { keyLine, readKeyLine } from "./given_key.ts";

/** Gives bytes in pieces of up to three, as a pipe may, and remembers what was left. */
function pipe(text: string) {
  let rest = new TextEncoder().encode(text);
  return {
    read(into: Uint8Array) {
      const count = Math.min(into.length, rest.length, 3);
      into.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return Promise.resolve(count === 0 ? null : count);
    },
    left: () => new TextDecoder().decode(rest),
  };
}

Deno.test("a key goes through a pipe as one line, and what follows stays in it", async () => {
  const pem = "-----BEGIN EC PRIVATE KEY-----\nMHcß\n-----END EC PRIVATE KEY-----";
  for (const password of [null, new Secret("password", "tuna")]) {
    const line = keyLine({ apiKey: new Secret("a", "swordfish"), secret: new Secret("b", pem), password });
    const source = pipe(`${line}rest`), read = await readKeyLine(source);
    assert.deepEqual([read.apiKey.reveal(), read.secret.reveal(), read.password?.reveal()], [
      ...["swordfish", pem, password?.reveal()],
    ]);
    assert.equal(source.left(), "rest");
    assert.doesNotMatch(Deno.inspect(read), /swordfish|MHc|tuna/);
  }
});

Deno.test("without a key the process that trades says how it is started, and repeats nothing", async () => {
  for (const text of ["", "\n", "swordfish\n", '{"apiKey":"swordfish"}\n', "swordfish".repeat(10_000)]) {
    const error = await readKeyLine(pipe(text)).then(() => null, (error) => error);
    assert.equal(error.code, "key-missing");
    assert.doesNotMatch(error.message, /swordfish/);
  }
});
