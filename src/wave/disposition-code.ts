import { type Texts } from '../study/study.js';
import { type CaseState } from './case-state.js';

/** Interview, partial, refusal and break-off, non-contact, other eligible, unknown other, not eligible. */
export type DispositionClass = 'I' | 'P' | 'R' | 'NC' | 'O' | 'UO' | 'NE';

export interface DispositionCode {
  class: DispositionClass;
  words: Texts;
  /** How a case ends that is given this code while it is under way. */
  state: CaseState;
}

const code = (of: DispositionClass, state: CaseState, en: string, ru: string): DispositionCode => ({
  class: of,
  state,
  words: { ru, en },
});

/**
 * The final dispositions of a web survey of named persons.
 * @see AAPOR Standard Definitions, 10th edition (2023): Internet surveys of specifically named persons
 */
export const DISPOSITION_CODES: ReadonlyMap<string, DispositionCode> = new Map([
  ['1.1', code('I', 'complete', 'complete', 'опрос завершён')],
  ['1.2', code('P', 'partial', 'partial with sufficient information', 'частично, сведений достаточно')],
  ['2.11', code('R', 'refused', 'refusal', 'отказ')],
  ['2.111', code('R', 'refused', 'explicit refusal', 'прямой отказ')],
  ['2.112', code('R', 'refused', 'implicit refusal', 'неявный отказ')],
  ['2.1121', code('R', 'expired', 'logged on, no item answered', 'вход без ответов')],
  ['2.12', code('R', 'broke_off', 'break-off, insufficient information', 'опрос прерван, сведений мало')],
  ['2.20', code('NC', 'expired', 'non-contact', 'нет контакта')],
  ['2.26', code('NC', 'expired', 'unavailable during the field period', 'недоступен в дни опроса')],
  ['2.27', code('NC', 'expired', 'completed, not returned', 'заполнено, но не отправлено')],
  ['2.30', code('O', 'expired', 'other, eligible', 'иное, подходит')],
  ['2.31', code('O', 'expired', 'deceased', 'умер')],
  ['2.32', code('O', 'expired', 'physically or mentally unable', 'не может по состоянию здоровья')],
  ['2.33', code('O', 'expired', 'language problem', 'языковой барьер')],
  ['3.10', code('UO', 'expired', 'nothing known', 'ничего не известно')],
  ['3.11', code('UO', 'expired', 'no invitation sent', 'приглашение не отправлено')],
  ['3.19', code('UO', 'expired', 'nothing ever returned', 'нет никакого ответа')],
  ['3.30', code('UO', 'expired', 'invitation undelivered', 'приглашение не доставлено')],
  [
    '3.40',
    code('UO', 'expired', 'undelivered, with forwarding information', 'не доставлено, есть новый адрес'),
  ],
  ['3.90', code('UO', 'expired', 'other, unknown', 'иное, неизвестно')],
  ['4.10', code('NE', 'ineligible', 'screened out', 'не подходит по условиям')],
  ['4.80', code('NE', 'ineligible', 'quota filled', 'квота заполнена')],
  ['4.81', code('NE', 'ineligible', 'duplicate', 'повторная запись')],
  ['4.90', code('NE', 'ineligible', 'other, not eligible', 'иное, не подходит')],
]);
