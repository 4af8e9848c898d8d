import assert from "node:assert/strict";
import { InputError } from "../../engine/errors/mod.ts";
import { executedCell, notebookText, readNotebook } from "./notebook_file.ts";

Deno.test("a notebook's text is the one that Jupyter writes: sorted keys, one space a level", () => {
  const text = notebookText({
    nbformat: 4,
    metadata: {},
    cells: [{ source: ["a\n", "b"], metadata: {}, cell_type: "code" }],
  });
  assert.equal(
    text,
    `{
 "cells": [
  {
   "cell_type": "code",
   "metadata": {},
   "source": [
    "a\\n",
    "b"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4
}
`,
  );
});

Deno.test("outputs are stored as lists of lines, and without the times of the execution", () => {
  const cell = { cell_type: "code", id: "x", source: "1", metadata: { execution: { started: "now" }, tags: ["a"] } };
  const outputs = [
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    {
      output_type: "display_data",
      data: { "image/svg+xml": "<svg>\n</svg>", "image/png": "AA\nBB", "application/json": [1] },
      metadata: {},
    },
  ] as const;
  assert.deepEqual(executedCell(cell, outputs, 3), {
    cell_type: "code",
    id: "x",
    source: "1",
    metadata: { tags: ["a"] },
    execution_count: 3,
    outputs: [
      { output_type: "stream", name: "stdout", text: ["a\n", "b\n"] },
      {
        output_type: "display_data",
        data: { "image/svg+xml": ["<svg>\n", "</svg>"], "image/png": "AA\nBB", "application/json": [1] },
        metadata: {},
      },
    ],
  });
});

Deno.test("a file that is no notebook is refused with its name and what is wrong", async () => {
  const path = await Deno.makeTempFile({ dir: "data", suffix: ".ipynb" });
  try {
    const refused = async (text: string, message: RegExp) => {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readNotebook(path), (error) => error instanceof InputError && message.test(error.message));
    };
    await refused("{", /\.ipynb is not JSON \(.*\): mend it/);
    await refused(`{"nbformat":3,"worksheets":[]}`, /\.ipynb is no notebook of format 4 \(nbformat: /);
    await refused(`{"nbformat":4,"cells":[{"cell_type":"code"}]}`, /is no notebook of format 4 \(cells\.0\.source: /);
  } finally {
    await Deno.remove(path);
  }
  await assert.rejects(readNotebook("data/none.ipynb"), /data\/none\.ipynb is not there: check the path/);
});
