import assert from "node:assert/strict";
import { CellOutputs } from "./cell_outputs.ts";

function gathered(...messages: [type: string, content: Record<string, unknown>][]) {
  const outputs = new CellOutputs(7);
  for (const [type, content] of messages) outputs.add({ type, content });
  return outputs.list;
}

const print = (text: string, name = "stdout"): [string, Record<string, unknown>] => ["stream", { name, text }];
const show = (text: string, display_id?: string): [string, Record<string, unknown>] => [
  "display_data",
  { data: { "text/plain": text }, metadata: {}, transient: display_id === undefined ? {} : { display_id } },
];
const shown = (text: string) => ({ output_type: "display_data", data: { "text/plain": text }, metadata: {} });

Deno.test("outputs stay in order; texts of one stream in a row become one", () => {
  assert.deepEqual(
    gathered(print("a\n"), print("b\n"), print("oh\n", "stderr"), show("x"), print("c\n"), ["status", {
      execution_state: "idle",
    }]),
    [
      { output_type: "stream", name: "stdout", text: "a\nb\n" },
      { output_type: "stream", name: "stderr", text: "oh\n" },
      shown("x"),
      { output_type: "stream", name: "stdout", text: "c\n" },
    ],
  );
});

Deno.test("a result gets the cell's number, whatever the kernel counted", () => {
  assert.deepEqual(gathered(["execute_result", { execution_count: 40, data: { "text/plain": "1" }, metadata: {} }]), [
    { output_type: "execute_result", data: { "text/plain": "1" }, metadata: {}, execution_count: 7 },
  ]);
});

Deno.test("an update changes the display of its name where that stands", () => {
  const update = { data: { "text/plain": "new" }, metadata: {}, transient: { display_id: "a" } };
  assert.deepEqual(gathered(show("old", "a"), show("b"), ["update_display_data", update]), [shown("new"), shown("b")]);
});

Deno.test("clearing takes away what was shown, at once or when something new comes", () => {
  assert.deepEqual(gathered(print("a"), ["clear_output", {}]), []);
  assert.deepEqual(gathered(print("a"), ["clear_output", { wait: true }]).length, 1);
  assert.deepEqual(gathered(print("a"), ["clear_output", { wait: true }], print("b")), [
    { output_type: "stream", name: "stdout", text: "b" },
  ]);
});
