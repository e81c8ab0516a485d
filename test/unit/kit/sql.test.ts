import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseAway } from '../../../src/kit/sql.js';

test.each([
  Object.assign(new Error('terminating connection'), { code: '57P01' }),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  new Error('Connection terminated unexpectedly'),
  new Error('Client has encountered a connection error and is not queryable'),
  new Error('Client was closed and is not queryable'),
  new QueryRunnerProviderAlreadyReleasedError(),
  new QueryRunnerAlreadyReleasedError(), // a transaction whose connection was lost between two of its statements
])('%s: the database is away', (cause) => {
  expect(isDatabaseAway(cause)).toBe(true);
  expect(isDatabaseAway(Object.assign(new Error('failed'), { driverError: cause }))).toBe(true);
});

test.each([
  new Error('Client'),
  Object.assign(new Error('duplicate key'), { code: '23505' }),
  new TypeError('x is not a function'),
  undefined,
])('%s: it is not', (cause) => expect(isDatabaseAway(cause)).toBe(false));
