import { problem } from '../../kit/problem.js';

export const CellUnwritable = problem<{ variable: string; why: string }>(
  'export.cell_unwritable',
  422,
  (d) =>
    `The variable ${d.variable} cannot be written: ${d.why}. No file was made; correct the variable, or leave this format out.`,
);
