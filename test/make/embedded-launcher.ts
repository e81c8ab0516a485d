// A process that starts an embedded PostgreSQL and then waits to be killed: `… embedded-launcher.ts <data folder>`.
import { startEmbeddedPostgres } from '../../src/kit/embedded-postgres.node.js';

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' });
process.stdout.write(`${JSON.stringify({ port: server.port, pid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
