import { queueContract } from '../make/queue-contract.js';
import { startRedis } from '../make/redis.js';

queueContract('redis', async () => {
  const redis = await startRedis();
  const env = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/never_opened',
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  };
  return { env, stop: () => redis.stop() };
});
