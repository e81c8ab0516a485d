import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be shut: what lies behind is then away, for new connections and for open ones. */
export interface Gate {
  port: number;
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** Passes on what comes to a port of its own to the host and port of a URL. */
export async function gateTo(url: string): Promise<Gate> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const keep = (socket: Socket, other: () => Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const server = createServer((near) => {
    if (!isOpen) return near.destroy();
    const far = connect(Number(port), hostname);
    keep(near, () => far);
    keep(far, () => near);
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      isOpen = false;
      cut();
    },
    open: () => void (isOpen = true),
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The same URL by way of the gate. */
export const through = (url: string, gate: Gate): string => {
  const way = new URL(url);
  way.hostname = '127.0.0.1';
  way.port = String(gate.port);
  return way.href;
};
