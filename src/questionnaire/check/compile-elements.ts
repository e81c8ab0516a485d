import type { PanelModel } from 'survey-core';
import type { FormBuilder } from './compile-form.js';
import { type Compiling, type Inside, compileItem, visibility } from './compile-item.js';
import { elementsOf, isPanel } from './compile-names.js';
import type { Need } from './routing-names.js';
import type { Evaluate } from './routing-run.js';

/** Compiles the elements of a page, a panel or an entry's template. */
export function compileElements(panel: PanelModel, form: FormBuilder, inside: Inside): void {
  const { container = -1, enabled = [], needs = [], refusable } = inside;
  const compiling: Compiling = { commentLength: inside.commentLength, compileElements };
  for (const element of elementsOf(panel)) {
    if (isPanel(element)) compileContainer(element, form, inside);
    else compileItem(element, form, { container, enabled, needs, refusable }, compiling);
  }
}

/** Compiles a page or a panel with everything inside. */
export function compileContainer(panel: PanelModel, form: FormBuilder, inside: Inside): void {
  const path = form.prefix + panel.name;
  if (panel.getType() === 'flowpanel') {
    return form.refuse(path, 'unsupported_type', 'Replace the flow panel by a panel.');
  }
  const needs: Need[] = [...(inside.needs ?? [])];
  const visible = visibility(panel, form, { path, needs });
  const enableIf = form.expression(panel.enableIf, { path, needs });
  const requiredIf = form.expression(panel.requiredIf, { path });
  const container = form.addContainer({
    name: panel.name,
    parent: inside.container ?? -1,
    ...(visible ? { visible } : {}),
    required: panel.isRequired && !panel.requiredIf,
    ...(requiredIf ? { requiredIf } : {}),
  });
  const never: Evaluate[] = panel.readOnly && !panel.enableIf ? [() => false] : [];
  const enabled = [...(inside.enabled ?? []), ...never, ...(enableIf ? [enableIf] : [])];
  compileElements(panel, form, { ...inside, container, enabled, needs });
}
