import assert from "node:assert/strict";
import { ColumnMemory, commonMemory } from "./column_memory.ts";

const twoThreads = (rows: number) => {
  const common = commonMemory()!;
  return [new ColumnMemory(rows, false, common), new ColumnMemory(rows, false, common)] as const;
};

Deno.test("what is named in a common memory is made once, and lies at the same bytes for all", () => {
  const [one, other] = twoThreads(100);
  let made = 0;
  const make = () => {
    made++;
    return Float64Array.from({ length: 100 }, (_, row) => row);
  };
  const first = one.lastingColumn("rows", make), second = other.lastingColumn("rows", make);
  assert.equal(made, 1);
  assert.equal(second.byteOffset, first.byteOffset);
  first[7] = -1;
  assert.equal(second[7], -1);
  assert.notEqual(other.lastingColumn("other rows", make).byteOffset, first.byteOffset);
  assert.equal(made, 2);
});

Deno.test("threads that place columns by turns never place one upon another", () => {
  const threads = twoThreads(5_000), taken: [number, number][] = [];
  for (let i = 0; i < 200; i++) {
    const { byteOffset, byteLength } = threads[i % 2]!.column();
    taken.push([byteOffset, byteOffset + byteLength]);
  }
  taken.sort(([a], [b]) => a - b);
  taken.slice(1).forEach(([from], i) => assert.ok(from >= taken[i]![1]));
});

Deno.test("what could not be made by one thread is made by each of the others for itself", () => {
  const [one, other] = twoThreads(10);
  assert.throws(() => one.lasting("numbers", 10, () => assert.fail("interrupted")), /interrupted/);
  assert.deepEqual([...other.lasting("numbers", 2, (numbers) => numbers.fill(3))], [3, 3]);
  assert.deepEqual([...other.lasting("numbers", 10, (numbers) => numbers.fill(4))], Array(10).fill(4));
});

Deno.test("a directory that is full leaves each thread what it makes itself", () => {
  const [one, other] = twoThreads(1);
  for (let i = 0; i < 1_100; i++) {
    assert.equal(one.lasting(`${i}`, 1, (numbers) => numbers.fill(i))[0], i);
    assert.equal(other.lasting(`${i}`, 1, (numbers) => numbers.fill(i))[0], i);
  }
});
