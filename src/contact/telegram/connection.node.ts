import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection over which nothing was said yet, TLS included. @throws the system's error where there is none in time */
export async function openConnection(root: string, withinMs: number): Promise<Socket> {
  const { protocol, hostname, port } = new URL(root);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'https:';
  const to = { host, port: Number(port || (isTls ? 443 : 80)) };
  const socket = isTls
    ? connectTls({ ...to, ALPNProtocols: ['http/1.1'], ...(isIP(host) ? {} : { servername: host }) })
    : connect(to);
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      socket.destroy();
      reject(cause);
    };
    const late = setTimeout(
      () => failed(Object.assign(new Error('No connection in time'), { code: 'ETIMEDOUT' })),
      withinMs,
    );
    socket.once('error', failed).once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(late);
      socket.off('error', failed).on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.once('close', () => clearTimeout(late));
  });
}

/** Sends one request over a connection that is open already. */
export function agentOver(root: string, socket: Socket): HttpAgent {
  const agent = root.startsWith('https:') ? new HttpsAgent() : new HttpAgent();
  return Object.assign(agent, { createConnection: () => socket });
}
