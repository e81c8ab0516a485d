import { FunctionFactory, type ItemValue, type PanelModel, type Question, settings } from 'survey-core';
import { compileList } from './compile-choices.js';
import { declareElements } from './compile-names.js';
import { FormBuilder } from './compile-form.js';
import type { Maker, MakerMore } from './compile-item.js';
import { MOST_ENTRIES } from './compile-refusals.js';
import { type Item } from './domain.js';
import { entriesDomain, multipleTextDomain, tableDomain } from './domain-form.js';
import { matrixDomain } from './domain-matrix.js';
import type { Evaluate } from './routing-run.js';

/** A column of a matrix whose cells are questions. */
interface Column {
  name: string;
  cellType: string;
  isUnique: boolean;
  totalType: string;
  totalExpression: string;
  hasTotal: boolean;
  templateQuestion: Question;
  visibleIf: string;
  enableIf: string;
  requiredIf: string;
  isRequired: boolean;
  readOnly: boolean;
  visible: boolean;
}

interface MatrixQuestion extends Question {
  rows: ItemValue[];
  columns: ItemValue[];
  cellType: string;
  rowsVisibleIf: string;
  columnsVisibleIf: string;
  eachRowRequired: boolean;
  eachRowUnique: boolean;
  hideIfRowsEmpty: boolean;
}

interface TableQuestion extends Question {
  rows: ItemValue[];
  columns: Column[];
  choices: ItemValue[];
  rowsVisibleIf: string;
  columnsVisibleIf: string;
  hideIfRowsEmpty: boolean;
  detailPanelMode: string;
  detailPanel: PanelModel;
  keyName: string;
  useCaseSensitiveComparison: boolean;
  minRowCount: number;
  maxRowCount: number;
  hasTotal: boolean;
}

interface DynamicPanelQuestion extends Question {
  template: PanelModel;
  minPanelCount: number;
  maxPanelCount: number;
  keyName: string;
}

const lower = (values: unknown[]): Set<string> => new Set(values.map((value) => String(value).toLowerCase()));

/** A matrix with one question for all rows. */
export const compileMatrix: Maker = (question, _key, form, place) => {
  const matrix = question as MatrixQuestion;
  if (matrix.rows.length === 0) form.refuse(place.path, 'no_rows', 'Give the matrix rows.');
  const rows = compileList(matrix.rows, form, place, { visibleIf: matrix.rowsVisibleIf });
  const columns = compileList(matrix.columns, form, place, { visibleIf: matrix.columnsVisibleIf });
  const anyVisible: Evaluate = (scope) =>
    rows.some((row) => !row.visible || row.visible(scope, row.value) === true);
  return {
    domain: matrixDomain({
      rows: rows.map(({ value, visible, enabled }) => ({ value: String(value), visible, enabled })),
      columns,
      multiple: matrix.cellType === 'checkbox',
      eachRowRequired: matrix.eachRowRequired,
      eachRowUnique: matrix.eachRowUnique,
    }),
    ...(matrix.hideIfRowsEmpty ? { anyVisible } : {}),
  };
};

/** Several named texts: items of a form of their own. */
export const compileMultipleText: Maker = (question, _key, form, place, more) => {
  const items = (question as Question & { items: { name: string; editor: Question }[] }).items;
  const names = lower(items.map((item) => item.name));
  const inner = new FormBuilder('survey', form.refusals, `${place.path}.`, form, names, more.late);
  for (const { name } of items) inner.declare({ key: name, owner: name }, `${place.path}.${name}`);
  for (const { name, editor } of items) {
    more.compileItem(editor, inner, { container: -1, enabled: [], needs: [], key: name, refusable: false });
  }
  return { domain: multipleTextDomain(inner.build(more.needs)) };
};

/** The columns, and the details under a row, as the items of one row. */
function compileRow(
  table: TableQuestion,
  form: FormBuilder,
  path: string,
  more: MakerMore,
  rows: unknown[],
): FormBuilder {
  const inner = new FormBuilder('row', form.refusals, `${path}[].`, form, lower(rows), more.late);
  const detail = table.detailPanelMode !== 'none' && table.detailPanel.elements.length > 0;
  for (const { name } of table.columns) inner.declare({ key: name, owner: name }, `${path}[].${name}`);
  if (detail) declareElements(table.detailPanel, inner);
  const place = { path, needs: more.needs, choice: true };
  const shown = form.expression(table.columnsVisibleIf, place);
  for (const column of table.columns) {
    const cell = column.templateQuestion;
    cell.visibleIf = column.visibleIf;
    cell.enableIf = column.enableIf;
    cell.requiredIf = column.requiredIf;
    const { length } = inner.items;
    const around = { container: -1, enabled: [], needs: [], key: column.name, refusable: false };
    more.compileItem(cell, inner, { ...around, inheritedChoices: table.choices });
    const item = inner.items[length];
    if (item) amend(item, column, shown);
  }
  if (detail) {
    const { commentLength } = more;
    more.compileElements(table.detailPanel, inner, { refusable: false, commentLength });
  }
  return inner;
}

function amend(item: Item, column: Column, shown: Evaluate | undefined): void {
  if (column.isRequired && !column.requiredIf && !item.computed) item.required = true;
  if (column.readOnly && !column.enableIf) item.readOnly = true;
  const { visible } = item;
  const { name } = column;
  const statically = column.visible || column.visibleIf ? visible : () => false;
  if (!shown) {
    if (statically) item.visible = statically;
    return;
  }
  item.visible = (scope) => shown(scope.parent!, name) == true && (!statically || statically(scope) === true);
}

/** A matrix of fixed rows whose cells are questions. */
export const compileTable: Maker = (question, key, form, place, more) => {
  const table = question as TableQuestion;
  if (table.rows.length === 0) form.refuse(place.path, 'no_rows', 'Give the matrix rows.');
  const rows = compileList(table.rows, form, place, { visibleIf: table.rowsVisibleIf }).map((row) => ({
    value: String(row.value),
    visible: row.visible,
  }));
  const names = rows.map((row) => row.value);
  const inner = compileRow(table, form, place.path, more, names);
  const anyVisible: Evaluate = (scope) =>
    rows.some((row) => !row.visible || row.visible(scope, row.value) === true);
  return {
    domain: tableDomain({
      form: inner.build(more.needs),
      rows,
      unique: uniqueColumns(table),
      caseSensitive: table.useCaseSensitiveComparison === true,
    }),
    ...totalsOf(table, key, form, place.path),
    ...(table.hideIfRowsEmpty ? { anyVisible } : {}),
  };
};

/** A dynamic matrix or a dynamic panel: entries that the respondent adds. */
export const compileEntries: Maker = (question, key, form, place, more) => {
  const panel = question.getType() === 'paneldynamic';
  const { path } = place;
  const bound = panel
    ? [(question as DynamicPanelQuestion).minPanelCount, (question as DynamicPanelQuestion).maxPanelCount]
    : [(question as TableQuestion).minRowCount, (question as TableQuestion).maxRowCount];
  const [min, max] = bound as [number, number];
  if (!(max <= MOST_ENTRIES)) {
    const message = `Set ${panel ? 'maxPanelCount' : 'maxRowCount'} to ${MOST_ENTRIES} or less.`;
    form.refuse(path, 'unbounded', message);
  }
  let inner: FormBuilder;
  const unique: string[] = [];
  const keyName = (question as TableQuestion).keyName;
  if (panel) {
    inner = new FormBuilder('panel', form.refusals, `${path}[].`, form, form.ambiguous, more.late);
    const { template } = question as DynamicPanelQuestion;
    declareElements(template, inner);
    more.compileElements(template, inner, { refusable: true, commentLength: more.commentLength });
  } else {
    const table = question as TableQuestion;
    if (table.rowsVisibleIf) {
      const message = 'Put the condition on the columns instead of rowsVisibleIf.';
      form.refuse(path, 'hides_entries', message);
    }
    inner = compileRow(table, form, path, more, []);
    unique.push(...uniqueColumns(table));
  }
  if (keyName && !unique.includes(keyName)) unique.push(keyName);
  return {
    domain: entriesDomain({
      kind: panel ? 'paneldynamic' : 'matrixdynamic',
      form: inner.build(more.needs),
      min,
      max,
      unique,
      caseSensitive: panel || (question as TableQuestion).useCaseSensitiveComparison === true,
      required: question.isRequired,
    }),
    ...(panel ? {} : totalsOf(question as TableQuestion, key, form, path)),
  };
};

const uniqueColumns = (table: TableQuestion): string[] =>
  table.columns.filter((column) => column.isUnique).map((column) => column.name);

/** Totals are stored under a key of their own and recomputed. */
function totalsOf(table: TableQuestion, key: string, form: FormBuilder, path: string) {
  const columns: NonNullable<Item['totals']>['columns'] = [];
  for (const { name, totalType, totalExpression } of table.columns) {
    if (totalExpression) {
      form.refuse(`${path}[].${name}`, 'total_expression', 'Use totalType instead of totalExpression.');
    } else if (totalType && totalType !== 'none') {
      const functionName = `${totalType}InArray`;
      columns.push({
        name,
        compute: ({ values, run }) =>
          FunctionFactory.Instance.run(
            functionName,
            [values[key], name],
            { survey: run.survey },
            [],
          ) as unknown,
      });
    }
  }
  if (columns.length === 0) return {};
  const totalKey = `${key}${settings.matrix.totalsSuffix}`;
  return { totals: { key: totalKey, columns } };
}
