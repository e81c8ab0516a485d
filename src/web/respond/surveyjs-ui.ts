import type { ComponentChild, ComponentType } from 'preact';
import type { Question, SurveyModel } from 'survey-core';
import { ReactElementFactory, Survey } from 'survey-react-ui';

/** SurveyJS's React renderer as preact sees it: its own types speak of React, which is not installed. */
export const SurveyView = Survey as unknown as ComponentType<{ model: SurveyModel }>;

interface Wrapped {
  element: ComponentChild;
  question: Question;
}

/** Registers a component that SurveyJS calls by name. */
export function registerElement(name: string, draw: (wrapped: Wrapped) => ComponentChild): void {
  (
    ReactElementFactory.Instance as unknown as {
      registerElement(name: string, draw: (wrapped: Wrapped) => ComponentChild): void;
    }
  ).registerElement(name, draw);
}
