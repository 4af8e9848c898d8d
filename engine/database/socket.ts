// Sockets for the pool, which makes a broken one anew for as long as it takes: here is decided when that ends.
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";

/** Connects to a port of this machine. */
export function localSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}

/**
 * A socket that fails with this error. That is what a pool knows how to answer its statements with: an error that is
 * thrown while it waits for a socket would cost it the connection for good.
 */
export function failingSocket(error: unknown): Duplex {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  setTimeout(() => socket.destroy(error as Error));
  return socket;
}
