// Serves a folder of files on loopback: the built pages, for the demo and for tests in a browser.

/** A server that is running. */
export interface StaticServer {
  /** Where it listens, as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Resolves when it has ended. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".arrow": "application/vnd.apache.arrow.stream",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/**
 * Serves the files below `folder` on 127.0.0.1, to this machine only.
 *
 * @param port Port to listen on; 0 takes a free one.
 */
export function serveStatic(folder: string, port: number, signal?: AbortSignal): StaticServer {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {}, ...(signal ? { signal } : {}) },
    (request) => answerTo(request, folder),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, finished: server.finished, stop: () => server.shutdown() };
}

/** The file that a request names. */
export async function answerTo(request: Request, folder: string): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return new Response("Method not allowed", { status: 405 });
  const url = new URL(request.url);
  // A page elsewhere that makes its name point to 127.0.0.1 must not read this machine's runs.
  if (!/^(127\.0\.0\.1|localhost)$/.test(url.hostname)) return new Response("Unknown host", { status: 421 });
  const path = filePath(url.pathname);
  if (path === undefined) return notFound();
  try {
    const body = await Deno.readFile(`${folder}${path}`);
    const type = CONTENT_TYPES[/\.[a-z]+$/.exec(path)?.[0] ?? ""] ?? "application/octet-stream";
    const headers = { "content-type": type, "content-length": String(body.byteLength), "cache-control": "no-cache" };
    return new Response(request.method === "HEAD" ? null : body, {
      headers: { ...headers, "x-content-type-options": "nosniff" },
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) return notFound();
    if (error instanceof Deno.errors.NotADirectory) return notFound();
    throw error;
  }
}

/** The path below the folder, or undefined for one that leaves it or cannot be read. */
function filePath(pathname: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(path) || path.split("/").includes("..")) return undefined;
  return path.endsWith("/") ? `${path}index.html` : path;
}

function notFound(): Response {
  return new Response("Not found", { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } });
}
