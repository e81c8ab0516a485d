import { DataSource } from 'typeorm';
import { type Actor } from '../../src/access/actor.js';
import { type Role, ROLES } from '../../src/access/role.js';
import { SignInService } from '../../src/access/sign-in.service.js';
import { staffCookieName } from '../../src/access/staff-cookie.js';
import { StaffService } from '../../src/access/staff.service.js';
import { type TestApp } from './app.js';
import { type Reply, Visitor } from './visitor.js';

const TESTER: Actor = { kind: 'shell', by: 'the test' };

export interface DeskOptions {
  /** What they are; null: nobody, without a session. Default: everything. */
  roles?: readonly Role[] | null;
  /** The study of their roles, by code; undefined: every study. */
  study?: string;
}

/**
 * Staff at their desk: asks the staff's API and shows every reply as it came. Each request has a session of its own, made by the service
 * without a password, so that the test may move the clock by days.
 */
export class Desk {
  private readonly visitor: Visitor;
  private account: Promise<string> | undefined;

  constructor(
    private readonly town: Pick<TestApp, 'services' | 'config'>,
    private readonly options: DeskOptions = {},
  ) {
    this.visitor = new Visitor(town.config.publicUrl);
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const cookie = await this.cookie();
    return this.visitor.ask(path, {
      method,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** `name=value` of a fresh session; undefined for nobody. */
  async cookie(provenMs = 0): Promise<string | undefined> {
    if (this.options.roles === null) return undefined;
    const { services, config } = this.town;
    const token = await services(SignInService).begin(
      services(DataSource).manager,
      await this.accountId(),
      provenMs,
    );
    return `${staffCookieName(config.publicUrl)}=${token}`;
  }

  /** The account of whoever sits here. */
  accountId(): Promise<string> {
    this.account ??= this.invited();
    return this.account;
  }

  private async invited(): Promise<string> {
    const { roles, study } = this.options;
    const staff = this.town.services(StaffService);
    desks += 1;
    const email = `desk-${desks}@staff.example`;
    const [first = 'analyst', ...others] = roles ?? ROLES;
    await staff.invite(TESTER, email, { role: first, study });
    for (const role of others) await staff.grant(TESTER, email, { role, study });
    if (roles?.length === 0) await staff.withdrawGrant(TESTER, email, { role: first, study });
    const account = (await staff.list()).find((one) => one.email === email);
    if (!account) throw new Error('The account that was invited is not listed');
    return account.id;
  }
}

let desks = 0;
