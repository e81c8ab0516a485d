import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail server that takes a whole message and then says nothing about it. */
export interface RudeMailServer {
  url: string;
  /** Resolves once so many messages have come in whole. */
  received(count: number): Promise<void>;
  /** Breaks every connection off. */
  hangUp(): void;
  close(): Promise<void>;
}

export async function rudeMailServer(): Promise<RudeMailServer> {
  const sockets = new Set<Socket>();
  const waiting: { count: number; done: () => void }[] = [];
  let whole = 0;
  const tell = () => {
    for (const one of waiting) if (whole >= one.count) one.done();
  };
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    let inMessage = false;
    socket.write('220 rude.example ESMTP\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (inMessage) {
        if (!text.endsWith('\r\n.\r\n')) return;
        whole += 1;
        tell();
      } else if (text.startsWith('DATA')) {
        inMessage = true;
        socket.write('354 go on\r\n');
      } else {
        socket.write('250 yes\r\n'.repeat(text.split('\r\n').length - 1));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: (count) =>
      new Promise((done) => {
        waiting.push({ count, done });
        tell();
      }),
    hangUp,
    close: async () => {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}
