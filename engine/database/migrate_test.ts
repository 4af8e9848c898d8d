import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { migrate } from "./migrate.ts";
import { checksumOf, type Migration } from "./migration.ts";
import { migrations } from "./migrations.ts";

const step = (version: number, sql: string): Migration => ({ version, name: `step ${version}`, sql });

Deno.test("the steps are numbered from one without gaps", () => {
  assert.deepEqual(migrations.map(({ version }) => version), migrations.map((_, i) => i + 1));
  assert.equal(new Set(migrations.map(({ name }) => name)).size, migrations.length);
});

Deno.test("any change to a step changes its checksum", () => {
  const sums = [step(1, "a"), step(2, "a"), step(1, "b"), { ...step(1, "a"), name: "other" }].map(checksumOf);
  assert.equal(new Set(sums).size, 4);
});

testOnDatabases(
  "migrations bring a database to this program's form, or leave it",
  async ({ sql }, { context, open }) => {
    const applied = () => sql`select version, name from schema_migrations order by version`;
    const coded = (code: string) => (error: unknown) => error instanceof InputError && error.code === code;

    await context.step("an opened database has all steps, and opening it again applies none", async () => {
      assert.equal((await applied()).length, migrations.length);
      assert.deepEqual(await migrate(sql), []);
      await (await open()).close();
    });

    await context.step("a database of a newer program is refused", async () => {
      await assert.rejects(migrate(sql, migrations.slice(0, -1)), coded("database-newer"));
    });

    await context.step("a database whose step was made by other statements is refused", async () => {
      const [first, ...rest] = migrations;
      await assert.rejects(migrate(sql, [{ ...first, sql: `${first.sql} ` }, ...rest]), coded("migration-changed"));
    });

    const count = migrations.length;
    await context.step("a step that fails takes those before it back", async () => {
      const steps = [...migrations, step(count + 1, "create table one (a int)"), step(count + 2, "create nonsense")];
      await assert.rejects(migrate(sql, steps), { code: "42601" });
      assert.equal((await sql`select to_regclass('one') as found`)[0].found, null);
      assert.equal((await applied()).length, count);
    });

    await context.step("several processes at once apply each step once", async () => {
      const steps = [...migrations, step(count + 1, "create table two (a int); insert into two values (1)")];
      const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(sql, steps)));
      assert.deepEqual(runs.map(({ length }) => length).sort(), [0, 0, 0, 1]);
      assert.equal((await sql`select * from two`).length, 1);
    });
  },
);
