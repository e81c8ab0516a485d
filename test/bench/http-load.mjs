// A client that costs little, so that it measures the server and not itself: HTTP/1.1 over kept connections.
import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** One POST as it goes over the wire. */
export function postRequest({ path, host, headers, body }) {
  const lines = Object.entries({ host, 'content-type': 'application/json', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/**
 * Sends requests over a number of connections, one at a time on each, until the time is over or none is left.
 * @param next  the next request, or undefined when there are no more
 * @returns how many were answered, in how many seconds, and how long each took, in milliseconds
 * @throws Error with the body of the first reply that has not the expected status
 */
export async function load({ port, connections, seconds, expected, next }) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  const milliseconds = [];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const work = async (socket) => {
    for (let from = performance.now(); from < end;) {
      const request = next();
      if (!request) return;
      socket.write(request);
      const reply = await replyOn(socket);
      if (reply.status !== expected)
        throw new Error(`Expected ${expected}, got ${reply.status}: ${reply.body}`);
      const now = performance.now();
      milliseconds.push(now - from);
      from = now;
    }
  };
  try {
    await Promise.all(sockets.map(work));
    return { count: milliseconds.length, seconds: (performance.now() - begun) / 1000, milliseconds };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function opened(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** The reply to the one request under way on a socket. Our server always sends its length. */
function replyOn(socket) {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const settle = (settled, value) => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
      settled(value);
    };
    const onError = (cause) => settle(reject, cause);
    const onClose = () => settle(reject, new Error('The server closed the connection before it answered.'));
    const onData = (chunk) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
      const head = got.indexOf(HEAD_END);
      if (head < 0) return;
      const text = got.toString('latin1', 0, head);
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (length === undefined) return settle(reject, new Error('The reply has no length.'));
      const body = head + HEAD_END.length;
      if (got.length < body + Number(length)) return;
      settle(resolve, { status: Number(text.slice(9, 12)), body: got.toString('utf8', body) });
    };
    socket.on('data', onData).once('error', onError).once('close', onClose);
  });
}
