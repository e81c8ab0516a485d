import { problem } from '../kit/problem.js';

export const NoOpenTask = problem<{ member: string }>(
  'fieldwork.no_open_task',
  409,
  (d) =>
    `Nobody looks for member ${d.member} at present. Open a task first: tracing open --member ${d.member}`,
);

export const TaskIsOpen = problem<{ member: string }>(
  'fieldwork.task_is_open',
  409,
  (d) => `A task for member ${d.member} is open already. Note attempts with: tracing attempt`,
);
