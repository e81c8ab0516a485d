// Lets a child process of a test run the project's TypeScript: `node --import ./test/make/typescript.mjs script.ts`.
// Node 20 cannot; the options are those of test/jest.config.cjs, as ES modules.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
