import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What the server does at a step: a reply, or breaking the connection off, or nothing at all. */
export type Answer = string | 'hang up' | 'silence';

export type Step =
  'greeting' | 'EHLO' | 'AUTH' | 'MAIL FROM' | 'RCPT TO' | 'DATA' | 'content' | 'RSET' | 'QUIT';

export interface ScriptedMailServer {
  url: string;
  /** Commands in the order in which they came, over all connections; a message's content is none. */
  commands: string[];
  /** Whole messages, dots undone. */
  messages: string[];
  /** All bytes after a DATA that was answered with 354, whole messages or not. */
  contentBytes: number;
  connections: number;
  /** Connections at the same time, at most. */
  most: number;
  /** Changes what happens from now on. */
  answers: Partial<Record<Step, Answer>>;
  /** Resolves once a step was reached, that many times in all. */
  reached(step: Step | 'end', times?: number): Promise<void>;
  /** Says something that nobody asked for, on every connection. */
  say(line: string): void;
  hangUp(): void;
  close(): Promise<void>;
}

const POLITE: Record<Step, string> = {
  greeting: '220 scripted.example ESMTP',
  EHLO: '250 scripted.example',
  AUTH: '235 2.7.0 welcome',
  'MAIL FROM': '250 2.1.0 yes',
  'RCPT TO': '250 2.1.5 yes',
  DATA: '354 go on',
  content: '250 2.0.0 taken',
  RSET: '250 2.0.0 forgotten',
  QUIT: '221 2.0.0 bye',
};

/** A mail server that answers each step as a test says, with or without PIPELINING. */
export async function scriptedMailServer(
  answers: Partial<Record<Step, Answer>> = {},
  { pipelining = true } = {},
): Promise<ScriptedMailServer> {
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  const waiting: { step: string; times: number; done: () => void }[] = [];
  const note = (step: string) => {
    counts.set(step, (counts.get(step) ?? 0) + 1);
    for (const one of waiting) if ((counts.get(one.step) ?? 0) >= one.times) one.done();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    it.connections += 1;
    it.most = Math.max(it.most, sockets.size);
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      note('end');
    });
    const answer = (step: Step) => {
      const given = it.answers[step] ?? POLITE[step];
      if (given === 'hang up') socket.destroy();
      else if (given !== 'silence') socket.write(`${given}\r\n`);
      note(step);
      return given;
    };
    let text = '';
    let inContent = false;
    let recipients = 0;
    answer('greeting');
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      if (inContent) it.contentBytes += chunk.length;
      text += chunk;
      for (;;) {
        if (inContent) {
          const end = text.indexOf('\r\n.\r\n');
          if (end < 0) return;
          recipients = 0;
          it.messages.push(text.slice(0, end + 2).replace(/^\.\./gm, '.'));
          text = text.slice(end + 5);
          inContent = false;
          answer('content');
          continue;
        }
        const end = text.indexOf('\r\n');
        if (end < 0) return;
        const command = text.slice(0, end);
        text = text.slice(end + 2);
        it.commands.push(command);
        if (command.startsWith('EHLO')) {
          const more = `250-AUTH PLAIN\r\n${pipelining ? '250-PIPELINING\r\n' : ''}`;
          if (it.answers.EHLO === undefined) socket.write(`250-scripted.example\r\n${more}`);
          answer('EHLO');
        } else {
          const step = (Object.keys(POLITE) as Step[]).find((one) => command.startsWith(one));
          if (step === undefined) socket.write('500 5.5.2 what?\r\n');
          else if (step === 'DATA' && recipients === 0) socket.write('503 5.5.1 for whom?\r\n');
          else if (answer(step).startsWith('354')) inContent = true;
          if (step === 'RCPT TO' && (it.answers[step] ?? '2').startsWith('2')) recipients += 1;
          if (step === 'RSET') recipients = 0;
          if (step === 'QUIT') socket.end();
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const it: ScriptedMailServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands: [],
    messages: [],
    contentBytes: 0,
    connections: 0,
    most: 0,
    answers,
    reached: (step, times = 1) =>
      new Promise((done) => {
        if ((counts.get(step) ?? 0) >= times) done();
        else waiting.push({ step, times, done });
      }),
    say: (line) => {
      for (const socket of sockets) socket.write(`${line}\r\n`);
    },
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      it.hangUp();
      server.close();
      await once(server, 'close');
    },
  };
  return it;
}
