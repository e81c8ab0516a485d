import { parentPort } from 'node:worker_threads';
import { Problem } from '../kit/problem.js';
import { type CompileRefusal, QuestionnaireCannotCompile } from './check/check.problems.js';
import { type TrialAnswer, type TrialTask } from './trial.node.js';
import { tryQuestionnaire } from './trial.js';

/** The thread in which a questionnaire is tried: it has nothing but the text, and may be killed at any moment. */
parentPort?.on('message', ({ content, locales, now }: TrialTask) => {
  // What is not expected ends the thread, and whoever waits hears of it.
  void tryQuestionnaire(JSON.parse(content), { locales, now: new Date(now) })
    .then((findings): TrialAnswer => ({ findings }))
    .catch((cause: unknown): TrialAnswer => {
      if (!(cause instanceof Problem) || cause.code !== QuestionnaireCannotCompile.code) throw cause;
      return { refusals: (cause as Problem<{ refusals: CompileRefusal[] }>).details.refusals };
    })
    .then((answer) => parentPort?.postMessage(answer));
});
