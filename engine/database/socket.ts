// Sockets for the pool, which makes a broken one anew for as long as it takes: here is decided when that ends.
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { ServerMessages } from "./server_messages.ts";

/** Where a server listens: a host and port, or the path of a socket. */
export type SocketPlace = { readonly host: string; readonly port: number } | { readonly path: string };

/** Connects to a server. What is encrypted cannot be read here, and passes as it is. */
export function openSocket(place: SocketPlace, isEncrypted = false): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, noDelay: true });
    socket.once("error", reject).once("connect", () => {
      socket.off("error", reject);
      if ("host" in place) Object.assign(socket, place); // what TLS checks the certificate for
      mended(socket, isEncrypted);
      resolve(socket);
    });
  });
}

/**
 * Has a socket behave as postgres 3.4.9 relies on. Its error is told together with its close, and not some turns of the
 * loop before: in between, what is written to it is neither sent nor ever answered. And a result that ends in the middle
 * of its rows is completed before the error or the close: the next result on that connection would begin with as many
 * holes as this one had rows.
 */
function mended(socket: Socket, isEncrypted: boolean): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  const messages = isEncrypted ? undefined : new ServerMessages((bytes) => emit("data", bytes));
  let failure: unknown;
  socket.emit = (event: string, ...args: unknown[]) => {
    if (event === "data" && messages !== undefined) {
      messages.take(args[0] as Buffer);
      return true;
    }
    if (event === "error") {
      failure = args[0];
      return true;
    }
    if (event === "close") {
      messages?.end();
      if (failure !== undefined) emit("error", failure);
    }
    return emit(event, ...args);
  };
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
