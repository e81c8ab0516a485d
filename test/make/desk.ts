import { type Reply, Visitor } from './visitor.js';

/** The password of the staff pages in tests that ask them. */
export const STAFF_KEY = 'a-key-for-tests-of-staff-pages';

/** Staff at their desk: asks the staff's API and shows every reply as it came. */
export class Desk {
  private readonly visitor: Visitor;

  /** @param key  the password that is given; null gives none */
  constructor(
    baseUrl: string,
    private readonly key: string | null = STAFF_KEY,
  ) {
    this.visitor = new Visitor(baseUrl);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.visitor.ask(path, {
      method,
      headers: {
        ...(this.key === null
          ? {}
          : { authorization: `Basic ${Buffer.from(`staff:${this.key}`).toString('base64')}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
