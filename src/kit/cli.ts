import { type Command } from 'commander';

/** What a command's end means: done, failed, wrongly called, done in part. */
export const EXIT = { done: 0, failed: 1, usage: 2, partly: 3 } as const;

/** How commands write: results to standard output, everything else to standard error. */
export interface Output {
  /** A result for people. */
  line(text: string): void;
  /** A result for programs: one JSON value on one line. */
  json(value: unknown): void;
  /** What is going on; shown only at a terminal. */
  progress(text: string): void;
  /** Sets the exit code; the last one counts. */
  end(code: number): void;
}

/** Finds a service of the running application by its class. */
export type Services = <Service>(token: abstract new (...args: never[]) => Service) => Service;

/** Runs work inside the application, connected to its databases, and closes it afterwards. */
export type InApp = <Result>(work: (services: Services) => Promise<Result>) => Promise<Result>;

/** A feature's commands: it adds them to the program. */
export type AddCommands = (program: Command, out: Output, inApp: InApp) => void;
