// A client of one ZeroMQ socket on this machine, without security (mechanism NULL): what a Jupyter kernel offers.
import { CodedError } from "../../engine/errors/mod.ts";
import { encodeFrame, encodeMessage, FrameReader, joined } from "./zmtp_frames.ts";

const HOST = "127.0.0.1";
const GREETING_BYTES = 64;
const encoder = new TextEncoder();

/** `DEALER` asks and is answered; `SUB` hears all that is published. */
export type SocketType = "DEALER" | "SUB";

/** One open connection. Messages are lists of parts. */
export class ZmtpSocket {
  readonly #connection: Deno.TcpConn;
  readonly #reader: FrameReader;
  #sent: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reader = new FrameReader(connection.readable);
  }

  /**
   * Connects and shakes hands; a `SUB` socket subscribes to everything.
   *
   * @throws {CodedError} `zmtp` when the other side speaks something else.
   */
  static async connect(port: number, type: SocketType): Promise<ZmtpSocket> {
    const socket = new ZmtpSocket(await Deno.connect({ hostname: HOST, port }));
    try {
      await socket.#shakeHands(type);
    } catch (error) {
      socket.close();
      throw error;
    }
    if (type === "SUB") await socket.send([Uint8Array.of(1)]);
    return socket;
  }

  /** Sends a message after all that was sent before. */
  send(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    return this.#sent = this.#sent.then(() => this.#write(encodeMessage(parts)));
  }

  /** The next message; undefined when the connection has ended. One call at a time. */
  receive(): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
    return this.#reader.message();
  }

  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // the other side was first
    }
  }

  async #shakeHands(type: SocketType): Promise<void> {
    await this.#write(greeting());
    const theirs = await this.#reader.take(GREETING_BYTES);
    if (theirs === undefined || theirs[0] !== 0xff || theirs[9] !== 0x7f || theirs[10] < 3) {
      throw new CodedError("zmtp", `port ${this.#connection.remoteAddr.port} does not speak ZMTP 3: it is no kernel's`);
    }
    await this.#write(encodeFrame({ command: true, more: false, body: readyCommand(type) }));
    const ready = await this.#reader.frame();
    if (!ready?.command) throw new CodedError("zmtp", "the kernel has broken off the handshake: start it again");
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }
}

/** Signature, version 3.0, mechanism NULL, not a server. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function readyCommand(type: SocketType): Uint8Array<ArrayBuffer> {
  const name = encoder.encode("READY"), key = encoder.encode("Socket-Type"), value = encoder.encode(type);
  return joined(
    [[name.length], name, [key.length], key, [0, 0, 0, value.length], value].map((part) => Uint8Array.from(part)),
  );
}
