import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import { Secret } from "./secret.ts";

const secret = new Secret("password", "swordfish");

Deno.test("a secret shows its name and fingerprint wherever it is printed, never its text", () => {
  for (const text of [`${secret}`, JSON.stringify([secret]), Deno.inspect({ secret }), inspect({ secret })]) {
    assert.match(text, /\[secret password#b9f195\]/);
    assert.doesNotMatch(text, /swordfish/);
  }
  assert.doesNotMatch(JSON.stringify(Object.entries(secret)), /swordfish/);
  assert.doesNotMatch(String(new Error("no", { cause: secret }).cause), /swordfish/);
});

Deno.test("a secret is revealed by one method, and equals another with the same text", () => {
  assert.equal(secret.reveal(), "swordfish");
  assert(secret.equals(new Secret("other", "swordfish")));
  assert(!secret.equals(new Secret("password", "Swordfish")) && !secret.equals("swordfish"));
});

Deno.test("a secret keeps to itself in every way in which values are turned into text", () => {
  const holder = { deep: [new Map([["key", secret]])], set: new Set([secret]) };
  const texts = [
    "" + secret,
    String(secret),
    [secret, secret].join(),
    encodeURIComponent(secret as unknown as string),
    format("%s %o %O %j", secret, secret, secret, secret),
    inspect(holder, { depth: null, showHidden: true, getters: true }),
    Deno.inspect(holder, { depth: 9, showHidden: true, getters: true }),
    JSON.stringify(structuredClone({ ...secret })),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    new URLSearchParams({ key: secret as unknown as string }).toString(),
    `${new TypeError(`no ${secret}`).stack}`,
    `${Number(secret)}`,
  ];
  for (const text of texts) assert.doesNotMatch(text, /swordfish|73776f7264/);
});
