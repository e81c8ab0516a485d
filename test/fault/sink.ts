import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A message whose content began to arrive. Instants are milliseconds since 1970, with fractions, by one clock of this machine. */
export interface Arrival {
  to: string;
  /** When its first byte came. */
  begunAt: number;
  /** Undefined until it was taken. */
  messageId: string | undefined;
  /** When it was taken: before the sender could know. */
  acceptedAt: number | undefined;
}

export interface CountingSinkOptions {
  /** Awaited before a recipient is accepted, so before the content is asked for. */
  beforeRecipient?: (address: string) => Promise<void>;
}

/** A mail server on 127.0.0.1 that keeps no message and counts all of them. */
export interface CountingSink {
  readonly port: number;
  /** In the order in which they began. */
  readonly arrivals: readonly Arrival[];
  accepted(): number;
  /** Connections that found nobody while the server was away. */
  readonly turnedAway: number;
  /** Breaks every connection off in the middle, and takes no new one. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

/** Now, by the clock of `Arrival`. */
export const instant = (): number => performance.timeOrigin + performance.now();

/** Starts the server. It speaks as much of SMTP (RFC 5321) as a client with plain messages needs. */
export async function startCountingSink({
  beforeRecipient,
}: CountingSinkOptions = {}): Promise<CountingSink> {
  const arrivals: Arrival[] = [];
  const sockets = new Set<Socket>();
  const counts = { accepted: 0, turnedAway: 0 };
  let isAway = false;
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy()); // a client that was killed
    if (isAway) {
      counts.turnedAway += 1;
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const begin = (to: string): Arrival => {
      const arrival: Arrival = { to, begunAt: instant(), messageId: undefined, acceptedAt: undefined };
      arrivals.push(arrival);
      return arrival;
    };
    const take = (arrival: Arrival, messageId: string | undefined) => {
      counts.accepted += 1;
      Object.assign(arrival, { messageId, acceptedAt: instant() });
    };
    const dialogue = new Dialogue(socket, { beforeRecipient, begin, take });
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => dialogue.hear(text));
    socket.write('220 sink.example ESMTP\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakOff = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    arrivals,
    accepted: () => counts.accepted,
    get turnedAway() {
      return counts.turnedAway;
    },
    goAway() {
      isAway = true;
      breakOff();
    },
    comeBack: () => void (isAway = false),
    async close() {
      breakOff();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Ears {
  beforeRecipient: ((address: string) => Promise<void>) | undefined;
  begin(to: string): Arrival;
  take(arrival: Arrival, messageId: string | undefined): void;
}

/** One client's side of the conversation: lines are answered in turn, content is taken up to its final dot. */
class Dialogue {
  private text = '';
  private to = '';
  private hasContent = false;
  private arrival: Arrival | undefined;
  private isBusy = false;

  constructor(
    private readonly socket: Socket,
    private readonly ears: Ears,
  ) {}

  hear(text: string): void {
    if (this.hasContent) this.arrival ??= this.ears.begin(this.to);
    this.text += text;
    if (!this.isBusy) void this.goOn();
  }

  private async goOn(): Promise<void> {
    this.isBusy = true;
    while (this.hasContent ? this.takeContent() : await this.answerLine());
    this.isBusy = false;
  }

  /** @returns whether a whole message was there */
  private takeContent(): boolean {
    const end = this.text.indexOf('\r\n.\r\n');
    if (end < 0 || !this.arrival) return false;
    const head = this.text.slice(0, this.text.indexOf('\r\n\r\n'));
    const messageId = /^Message-ID:\s*(<[^>]+>)/im.exec(head)?.[1];
    this.text = this.text.slice(end + 5);
    this.ears.take(this.arrival, messageId);
    this.arrival = undefined;
    this.hasContent = false;
    this.say('250 taken');
    return true;
  }

  /** @returns whether a whole line was there */
  private async answerLine(): Promise<boolean> {
    const end = this.text.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.text.slice(0, end);
    this.text = this.text.slice(end + 2);
    const [verb = ''] = line.split(/[\s:]/, 1);
    switch (verb.toUpperCase()) {
      case 'RCPT':
        this.to = /<([^>]*)>/.exec(line)?.[1] ?? '';
        await this.ears.beforeRecipient?.(this.to);
        this.say('250 known');
        return true;
      case 'DATA':
        this.hasContent = true;
        this.say('354 go on');
        return true;
      case 'QUIT':
        this.say('221 goodbye');
        this.socket.end();
        return true;
      default: // EHLO, MAIL, RSET, NOOP
        this.say('250 well');
        return true;
    }
  }

  private say(reply: string): void {
    if (this.socket.writable) this.socket.write(`${reply}\r\n`);
  }
}
