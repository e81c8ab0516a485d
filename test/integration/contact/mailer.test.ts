import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Mailer } from '../../../src/contact/mailer.node.js';

const no = (responseCode: number) => Object.assign(new Error('no'), { responseCode });

/** What became of a message to a server that says no at one of its steps. */
async function sentTo(refuses: { at: 'MAIL FROM' | 'RCPT TO' | 'DATA'; with: number }) {
  const at = (step: typeof refuses.at) => (refuses.at === step ? no(refuses.with) : null);
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom: (_address, _session, done) => done(at('MAIL FROM')),
    onRcptTo: (_address, _session, done) => done(at('RCPT TO')),
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => done(at('DATA')));
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const mailer = new Mailer(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, 6000);
  try {
    return await mailer.send({
      to: 'someone@synthetic.example',
      from: 'panel@synthetic.example',
      letter: { subject: 'x', text: 'x', html: 'x' },
      messageId: '<x@synthetic.example>',
      unsubscribeUrl: 'http://127.0.0.1/stop',
    });
  } finally {
    mailer.close();
    await new Promise<void>((closed) => server.close(closed));
  }
}

test('only a lasting no to the address itself is a bounce', async () => {
  expect(await sentTo({ at: 'RCPT TO', with: 550 })).toEqual({
    kind: 'refused',
    code: 'smtp_550',
    bounced: true,
  });
  for (const at of ['MAIL FROM', 'DATA'] as const)
    expect(await sentTo({ at, with: 554 })).toEqual({ kind: 'refused', code: 'smtp_554', bounced: false });
  expect(await sentTo({ at: 'RCPT TO', with: 450 })).toEqual({ kind: 'later', code: 'smtp_450' });
});
