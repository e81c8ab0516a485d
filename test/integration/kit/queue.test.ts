import { testDatabase } from '../../make/postgres.js';
import { queueContract } from '../../make/queue-contract.js';

queueContract('postgres', async () => {
  const { url, drop } = await testDatabase();
  return { env: { DATABASE_URL: url }, stop: drop };
});
