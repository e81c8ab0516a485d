import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type CompileRefusal, QuestionnaireCannotCompile } from './check/check.problems.js';
import { type Finding } from './lint/lint.js';
import { tryQuestionnaire } from './trial.js';

export interface TrialTask {
  content: string;
  locales: string[];
  /** ISO instant */
  now: string;
}

export type TrialAnswer = { findings: Finding[] } | { refusals: CompileRefusal[] };

/** How a thread is started, and how long it may take. */
export interface TrialThread {
  file: string;
  execArgv?: string[];
  /** A questionnaire of 80 items takes about a second. */
  limitMs: number;
}

const BUILT: TrialThread = { file: join(import.meta.dirname, 'trial-worker.node.js'), limitMs: 30_000 };
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };

/**
 * Tries questionnaires in a thread of their own, one after another; a thread that takes too long, runs out of memory or falls over is killed,
 * and nothing else stops meanwhile. Where only sources are at hand, which no thread can load by itself, it is tried in place.
 */
export class QuestionnaireTrial {
  private worker: Worker | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly thread: TrialThread | undefined = existsSync(BUILT.file) ? BUILT : undefined,
  ) {}

  /** What `tryQuestionnaire` finds; or that it did not come to an end. @throws QuestionnaireCannotCompile */
  async findings(task: TrialTask): Promise<Finding[]> {
    const { thread } = this;
    if (!thread) return tryQuestionnaire(JSON.parse(task.content), { ...task, now: new Date(task.now) });
    const mine = this.last.then(() => this.inThread(thread, task));
    this.last = mine.catch(() => undefined); // whose turn is next does not mind
    return mine;
  }

  private async inThread(thread: TrialThread, task: TrialTask): Promise<Finding[]> {
    const worker = (this.worker ??= started(thread));
    worker.ref(); // who waits for it keeps the process; an idle one does not
    const answer = await answerOf(worker, task, thread.limitMs);
    if (!answer) {
      this.worker = undefined;
      await worker.terminate();
      return [NO_END];
    }
    worker.unref();
    if ('refusals' in answer) throw QuestionnaireCannotCompile({ refusals: answer.refusals });
    return answer.findings;
  }
}

/** What the thread says, or undefined where it ended or took too long. A timer of our own: signals of Node 20 may be collected unheard. */
function answerOf(worker: Worker, task: TrialTask, limitMs: number): Promise<TrialAnswer | undefined> {
  return new Promise((resolve) => {
    const settle = (answer: TrialAnswer | undefined) => {
      clearTimeout(timer);
      worker.off('message', settle).off('exit', gone);
      resolve(answer);
    };
    const gone = () => settle(undefined);
    const timer = setTimeout(gone, limitMs);
    worker.on('message', settle).on('exit', gone);
    worker.postMessage(task);
  });
}

function started({ file, execArgv = [] }: TrialThread): Worker {
  const worker = new Worker(file, { env: {}, execArgv, resourceLimits: MEMORY });
  worker.on('error', () => undefined); // whoever waits for it hears of its end
  return worker;
}

const NO_END: Finding = {
  path: '',
  rule: 'too-costly',
  level: 'error',
  message:
    'Trying this questionnaire came to no end and was stopped. Simplify its patterns, expressions and repeated panels.',
};
