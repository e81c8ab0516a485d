import type {
  ItemValue,
  MatrixDropdownColumn,
  PanelModel,
  Question,
  QuestionMatrixDropdownModel,
  QuestionMatrixDropdownModelBase,
  QuestionMatrixModel,
  QuestionMultipleTextModel,
  QuestionPanelDynamicModel,
} from 'survey-core';
import type { Texts } from './variable.js';
import { codesOf, joined, withItem, withoutReasons } from './variable-choices.js';
import { type Derivation, type Item, type Place, within } from './variable-derivation.js';
import { type Around, computedColumn } from './variable-items.js';
import { valuePart } from './variable-names.js';

/** Derives what stands inside: handed in, so that tables and questions may nest. */
export interface Inner {
  question: (question: Question, place: Place, around?: Partial<Around>) => void;
  panel: (panel: PanelModel, place: Place) => void;
}

/** A matrix of single choices: a column a row; of multiple ones: a 0/1 a cell. */
export function matrixColumns(derive: Derivation, item: Item): void {
  const matrix = item.question as QuestionMatrixModel;
  const list = { refused: [] as unknown[], dontKnow: [] as unknown[] };
  const columns = withoutReasons(matrix.columns as ItemValue[], list.refused, list.dontKnow);
  const codes = codesOf(columns);
  const label = (choice: ItemValue) => derive.texts.of(choice.locText, choice.value);
  const values = columns.map((column, position) => ({
    code: codes[position] as number,
    value: column.value as unknown,
    label: label(column),
  }));
  const graded = columns.every((column) => Number.isSafeInteger(column.value));
  const rows = matrix.rows as ItemValue[];
  const lines = rows.length === 0 ? [item] : rows.map((row) => rowItem(derive, item, row));
  for (const line of lines) {
    if (matrix.cellType !== 'checkbox') {
      derive.add(line, { read: { as: 'code' }, measure: graded ? 'ordinal' : 'nominal', values, list });
      continue;
    }
    for (const column of columns) {
      derive.add(line, {
        suffix: [valuePart(column.value)],
        label: [label(column)],
        read: { as: 'chosen', choice: column.value },
        measure: 'nominal',
        path: `${line.path}{${String(column.value)}}`,
        guards: [`${line.path}{${String(column.value)}}`],
        conditions: [columnCondition(matrix, column)],
        values: derive.chosenOrNot(),
        list,
      });
    }
  }
}

const columnCondition = (matrix: QuestionMatrixModel, column: ItemValue): string | null =>
  joined([matrix.columnsVisibleIf && withItem(matrix.columnsVisibleIf, column.value), column.visibleIf]);

function rowItem(derive: Derivation, item: Item, row: ItemValue): Item {
  const { names, labels, path, at, guards, conditions } = rowPlace(derive, item, row);
  return { ...item, names, labels, path, at, guards, conditions };
}

/** The place of a fixed row of a matrix. */
function rowPlace(derive: Derivation, item: Item, row: ItemValue): Place {
  const { rowsVisibleIf } = item.question as QuestionMatrixModel;
  const value: unknown = row.value;
  return within(item, {
    key: String(value),
    path: `${item.path}[${String(value)}]`,
    name: valuePart(value),
    label: derive.texts.of(row.locText, value),
    condition: joined([rowsVisibleIf && withItem(rowsVisibleIf, value), row.visibleIf]),
  });
}

/** A matrix with fixed rows: rows × columns, then the questions under each row, then the totals. */
export function matrixDropdown(derive: Derivation, item: Item, inner: Inner): void {
  const matrix = item.question as QuestionMatrixDropdownModel;
  for (const row of matrix.rows as ItemValue[]) {
    cells(matrix, rowPlace(derive, item, row), inner);
  }
  totals(derive, item, matrix);
}

/** The cells of one row, or of the entries of a dynamic matrix. */
function cells(matrix: QuestionMatrixDropdownModelBase, place: Place, inner: Inner): void {
  const siblings = matrix.columns.map((column) => column.templateQuestion);
  const find = (name: string) => siblings.find((question) => question.name === name) ?? null;
  for (const column of matrix.columns) {
    const around = { inherited: matrix.choices as ItemValue[], find };
    inner.question(
      column.templateQuestion,
      { ...place, conditions: [...place.conditions, cellCondition(matrix, column)] },
      around,
    );
  }
  if (matrix.detailPanelMode !== 'none') inner.panel(matrix.detailPanel, place);
}

const cellCondition = (
  matrix: QuestionMatrixDropdownModelBase,
  column: MatrixDropdownColumn,
): string | null => (matrix.columnsVisibleIf ? withItem(matrix.columnsVisibleIf, column.name) : null);

function totals(derive: Derivation, item: Item, matrix: QuestionMatrixDropdownModelBase): void {
  const key = `${item.at.at(-1) ?? ''}-total`;
  for (const column of matrix.columns) {
    if (column.totalType === 'none' && !column.totalExpression) continue;
    const title: Texts = derive.texts.of(column.locTitle, column.name);
    computedColumn(derive, item, 'numeric', column.totalExpression ?? '', {
      suffix: ['total', valuePart(column.name)],
      label: [title, derive.words.total],
      at: [...item.at.slice(0, -1), key, column.name],
      path: `${item.path}-total.${column.name}`,
    });
  }
}

/** A dynamic matrix: the number of rows, the totals, and a child table with a row each. */
export function matrixDynamic(derive: Derivation, item: Item, inner: Inner): void {
  const matrix = item.question as QuestionMatrixDropdownModelBase;
  derive.add(item, { suffix: ['n'], read: { as: 'count' } });
  totals(derive, item, matrix);
  cells(matrix, childPlace(derive, item), inner);
}

/** A dynamic panel: the number of entries and a child table with a row each. */
export function panelDynamic(derive: Derivation, item: Item, inner: Inner): void {
  const dynamic = item.question as QuestionPanelDynamicModel;
  derive.add(item, { suffix: ['n'], read: { as: 'count' } });
  const place = childPlace(derive, item);
  inner.panel(dynamic.template, { ...place, conditions: [...place.conditions, dynamic.templateVisibleIf] });
}

/** Opens the child table of a dynamic item; its rows are numbered from 1, within those of the tables around it. */
function childPlace(derive: Derivation, item: Item): Place {
  const { place } = item;
  const parent = derive.tables.find((table) => table.name === place.table);
  const parts = place.table === 'main' ? item.names : [place.table, ...item.names];
  const name = derive.names.take('', parts, item.path, 2);
  const path = `${item.path}[]`;
  const child: Place = {
    ...within(item, { path }),
    table: name,
    at: [],
    level: place.level + 1,
    names: [],
    labels: [],
    refusal: null,
  };
  const of = { parent: place.table, at: item.at };
  const index = [...(parent?.index ?? []), `${name}_i`].map(
    (column, level) =>
      derive.add(
        { ...item, place: child, names: [column], path, guards: child.guards, at: [] },
        { read: { as: 'index', level, of }, measure: 'ordinal', path: `${path}#${level}` },
      ).name,
  );
  const label = derive.texts.of(item.question.locTitle, item.question.name);
  derive.tables.push({ name, parent: place.table, label, at: item.at, path: item.path, index });
  return child;
}

/** Several short texts: a column each, of the type of its input. */
export function multipleText(item: Item, inner: Inner): void {
  const place = within(item, { path: item.path, guarded: false });
  for (const part of (item.question as QuestionMultipleTextModel).items) inner.question(part.editor, place);
}
