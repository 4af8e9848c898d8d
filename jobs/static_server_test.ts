import assert from "node:assert/strict";
import { answerTo, serveStatic } from "./static_server.ts";

async function folderWithPages(): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: "data", prefix: "static_" });
  await Deno.mkdir(`${folder}/site/sub`, { recursive: true });
  await Deno.writeTextFile(`${folder}/secret.txt`, "not served");
  await Deno.writeTextFile(`${folder}/site/index.html`, "<h1>home</h1>");
  await Deno.writeTextFile(`${folder}/site/sub/data.json`, "{}");
  return folder;
}

Deno.test("serveStatic() serves files with their types on loopback, and a folder's index", async () => {
  const folder = await folderWithPages(), server = serveStatic(`${folder}/site`, 0);
  try {
    const home = await fetch(server.url);
    assert.equal(home.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await home.text(), "<h1>home</h1>");
    const data = await fetch(`${server.url}/sub/data.json`);
    assert.equal(data.headers.get("content-type"), "application/json");
    assert.equal(await data.text(), "{}");
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("answerTo() answers 404 to paths that leave the folder, lead nowhere or cannot be read", async () => {
  const folder = await folderWithPages();
  try {
    for (
      const path of [
        "/%2e%2e/secret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/none",
        "/sub",
        "/%ff",
        "/index.html/x",
      ]
    ) {
      const { status, body } = await answerTo(new Request(`http://127.0.0.1${path}`), `${folder}/site`);
      await body?.cancel();
      assert.equal(status, 404, path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("answerTo() refuses other methods, and names that another page made point here", async () => {
  assert.equal((await answerTo(new Request("http://127.0.0.1/", { method: "POST" }), "data")).status, 405);
  assert.equal((await answerTo(new Request("http://evil.example/"), "data")).status, 421);
});
