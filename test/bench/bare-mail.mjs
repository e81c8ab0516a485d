// The reference of delivery: a bare loop over a pooled nodemailer transport, in a process of its own.
import { createTransport } from 'nodemailer';
import { watch } from './watch.mjs';

const [port, count, connections, letter] = process.argv.slice(2);
const { subject, text, html, headers } = JSON.parse(letter);
const transport = createTransport({
  host: '127.0.0.1',
  port: Number(port),
  pool: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});
let next = 0;
const send = async () => {
  while (next < Number(count)) {
    next += 1;
    await transport.sendMail({
      from: 'Panel <panel@synthetic.example>',
      to: `person-${next}@synthetic.example`,
      subject,
      text,
      html,
      headers,
    });
  }
};
const watched = await watch(() => Promise.all(Array.from({ length: Number(connections) * 2 }, send)));
transport.close();
process.send(watched, () => process.disconnect());
