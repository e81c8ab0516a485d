import { consentsReported, refusesToTakePart } from '../../../src/consent/consent.js';
import { type ConsentFile } from '../../../src/study/study.js';

const consent = (id: string, kind: ConsentFile['kind'], version = '1'): ConsentFile => ({
  id,
  item: `consent_${id}`,
  kind,
  version,
  text: {},
});
const CONSENTS = [
  consent('part', 'participation', '2026-11'),
  consent('again', 'recontact'),
  consent('archive', 'data'),
];

it('given by yes, withheld by any other answer, absent where nothing was asked', () => {
  const answers = { consent_part: 'yes', consent_again: 'refused', other: 'yes' };
  expect(consentsReported(CONSENTS, answers)).toEqual([
    { purpose: 'part', given: true, version: '2026-11' },
    { purpose: 'again', given: false, version: '1' },
  ]);
});

it('only a no to taking part refuses the wave', () => {
  expect(refusesToTakePart(CONSENTS, { consent_part: 'no' })).toBe(true);
  expect(refusesToTakePart(CONSENTS, { consent_part: 'yes', consent_again: 'no' })).toBe(false);
  expect(refusesToTakePart(CONSENTS, { consent_part: 'under18' })).toBe(false);
  expect(refusesToTakePart(CONSENTS, {})).toBe(false);
});
