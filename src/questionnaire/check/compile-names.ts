import { type PanelModel, type Question, settings } from 'survey-core';
import type { FormBuilder } from './compile-form.js';
import { REFUSED_SUFFIX } from '../survey.js';

type Element = Question | PanelModel;

/** Questions and panels in the order of the page; panels hold further ones. */
export const elementsOf = (panel: PanelModel): Element[] => panel.elements as unknown as Element[];

export const isPanel = (element: Element): element is PanelModel => element.isPanel;

/** Declares the names of all items, so that expressions can name what stands further down. */
export function declareElements(panel: PanelModel, form: FormBuilder): void {
  for (const element of elementsOf(panel)) {
    if (isPanel(element)) declareElements(element, form);
    else if (holdsAnswer(element)) {
      const key = element.getValueName();
      const path = form.prefix + key;
      const strict = element.getType() === 'ranking' ? { strict: true } : {};
      form.declare({ key, owner: key, ...strict }, path, element.name);
      const suffixes = [settings.commentSuffix, REFUSED_SUFFIX];
      if (element.getType().startsWith('matrixd')) suffixes.push(settings.matrix.totalsSuffix);
      for (const suffix of suffixes) {
        form.declare({ key: `${key}${suffix}`, owner: key }, path);
      }
    }
  }
}

const DISPLAY = new Set(['html', 'image']);

/** Is there anything to answer in a question of this class? */
export const holdsAnswer = (question: Question): boolean => !DISPLAY.has(question.getType());
