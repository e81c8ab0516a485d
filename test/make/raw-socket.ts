import { connect, type Socket } from 'node:net';

/** A connection by which a test says bytes as it likes. */
export interface RawSocket {
  socket: Socket;
  say(text: string): void;
  /** All that came, once the other side has ended. */
  ended: Promise<string>;
}

export function rawSocket(port: number): RawSocket {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => void (heard += text));
  socket.on('error', () => undefined); // a reset is an end as well
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
  return { socket, say: (text) => void socket.write(text), ended };
}
