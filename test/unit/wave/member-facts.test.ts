import { panelFacts } from '../../../src/wave/facts.js';
import { factsOfMember, type PanelRow } from '../../../src/wave/member-facts.js';

const ROW: PanelRow = {
  member_id: 'm',
  status: 'active',
  cohort: 'baseline',
  recruitment_source: 'chat',
  referred: true,
  synthetic: true,
  host_country: 'SRB',
  country: 'DEU',
  joined_on: '2025-08-31',
  interviews: 2,
  last_interview_on: '2026-05-12',
  has_case: false,
  cases: { a: ['complete', '1.1'], c: ['expired', '2.31'] },
  consents: { recontact: true, archive: false },
};
const KNOWN = { waves: ['a', 'k', 'b'], consents: ['recontact', 'email'], hosts: ['SRB'] };
const facts = (differs: Partial<PanelRow> = {}, on = '2026-11-11') =>
  factsOfMember({ ...ROW, ...differs }, on, KNOWN);

test('are those of the catalogue, neither more nor fewer', () => {
  expect(Object.keys(facts()).sort()).toEqual(Object.keys(panelFacts(KNOWN.waves, KNOWN.consents)).sort());
});

test('tell where a member stands; what there has not been is not known', () => {
  expect(facts()).toMatchObject({
    'status.a': 'complete',
    'disposition.a': '1.1',
    'status.b': null,
    'disposition.b': null,
    'consent.recontact': true,
    'consent.email': null,
    'residence.country': 'DEU',
    'residence.class': 'eu',
    referred: true,
  });
  expect(facts({ country: 'SRB' })).toMatchObject({ 'residence.class': 'host' });
});

test('count completed months', () => {
  expect(facts()).toMatchObject({ months_since_interview: 5, months_since_joined: 14 });
  expect(facts({}, '2026-11-12')).toMatchObject({ months_since_interview: 6 });
  expect(facts({ last_interview_on: null })).toMatchObject({ months_since_interview: null });
});
