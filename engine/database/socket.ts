// Sockets for the pool, which makes a broken one anew for as long as it takes: here is decided when that ends.
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";

/** Where a server listens: a host and port, or the path of a socket. */
export type SocketPlace = { readonly host: string; readonly port: number } | { readonly path: string };

/** Connects to a server. */
export function openSocket(place: SocketPlace): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, noDelay: true });
    socket.once("error", reject).once("connect", () => {
      socket.off("error", reject);
      if ("host" in place) Object.assign(socket, place); // what TLS checks the certificate for
      resolve(failingAtOnce(socket));
    });
  });
}

/**
 * Has a socket tell its error together with its close, and not some turns of the loop before: in between, postgres 3.4.9
 * writes to it what is then neither sent nor ever answered.
 */
function failingAtOnce(socket: Socket): Socket {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  let failure: unknown;
  socket.emit = (event: string, ...args: unknown[]) => {
    if (event === "error") {
      failure = args[0];
      return true;
    }
    if (event === "close" && failure !== undefined) emit("error", failure);
    return emit(event, ...args);
  };
  return socket;
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
