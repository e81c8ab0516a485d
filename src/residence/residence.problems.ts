import { problem } from '../kit/problem.js';

export const UnknownCountry = problem<{ country: string }>(
  'residence.unknown_country',
  422,
  (d) =>
    `“${d.country}” is no country with known time zones. Give it as three capital letters (ISO 3166-1 alpha-3), such as SRB.`,
);

export const InvalidPlace = problem<{ findings: string[] }>(
  'residence.invalid_place',
  422,
  (d) => `This place cannot be taken. Put right: ${d.findings.join(' ')}`,
);
