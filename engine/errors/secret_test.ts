import assert from "node:assert/strict";
import { inspect } from "node:util";
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
