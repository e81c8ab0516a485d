// A mail server in a process of its own that takes everything and keeps nothing. Tells over IPC how many messages have come, and when
// the first and the last did.
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

let messages = 0;
let first = 0;
let last = 0;
let bytes = 0;
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, _session, done) => {
    first ||= performance.now();
    stream.on('data', (chunk) => (bytes += chunk.length));
    stream.on('end', () => {
      messages += 1;
      last = performance.now();
      done();
    });
  },
});
server.listen(0, '127.0.0.1');
await once(server.server, 'listening');
server.on('error', () => undefined); // a client's broken connection is the client's matter
process.on('message', (word) => {
  if (word === 'end') process.exit(0);
  if (word === 'begin') [messages, first, last, bytes] = [0, 0, 0, 0];
  process.send({ messages, seconds: (last - first) / 1000, bytes });
});
process.send({ port: server.server.address().port });
