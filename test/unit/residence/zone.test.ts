import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zonesOf } from '../../../src/residence/zone.js';
import { NAMED_ZONES } from '../../../src/residence/zone-names.js';

const studyFolder = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const study = JSON.parse(readFileSync(join(studyFolder, 'study.json'), 'utf8')) as {
  hostCountries: { code: string; zones: string[] }[];
};

/** zone.tab of the IANA database, release 2025b, for the EU's members, the US and Russia, written out. */
const ZONE_TAB: Record<string, string> = {
  AUT: 'Europe/Vienna',
  BEL: 'Europe/Brussels',
  BGR: 'Europe/Sofia',
  CYP: 'Asia/Nicosia Asia/Famagusta',
  CZE: 'Europe/Prague',
  DEU: 'Europe/Berlin Europe/Busingen',
  DNK: 'Europe/Copenhagen',
  ESP: 'Europe/Madrid Africa/Ceuta Atlantic/Canary',
  EST: 'Europe/Tallinn',
  FIN: 'Europe/Helsinki',
  FRA: 'Europe/Paris',
  GRC: 'Europe/Athens',
  HRV: 'Europe/Zagreb',
  HUN: 'Europe/Budapest',
  IRL: 'Europe/Dublin',
  ITA: 'Europe/Rome',
  LTU: 'Europe/Vilnius',
  LUX: 'Europe/Luxembourg',
  LVA: 'Europe/Riga',
  MLT: 'Europe/Malta',
  NLD: 'Europe/Amsterdam',
  POL: 'Europe/Warsaw',
  PRT: 'Europe/Lisbon Atlantic/Madeira Atlantic/Azores',
  ROU: 'Europe/Bucharest',
  SVK: 'Europe/Bratislava',
  SVN: 'Europe/Ljubljana',
  SWE: 'Europe/Stockholm',
  GEO: 'Asia/Tbilisi',
  MNE: 'Europe/Podgorica',
  ARE: 'Asia/Dubai',
};

test.each(Object.entries(ZONE_TAB))('%s has the zones of zone.tab', (country, zones) => {
  expect(zonesOf(country).sort()).toEqual(zones.split(' ').sort());
});

test.each(study.hostCountries)('$code has the zones that the study names', ({ code, zones }) => {
  expect(zonesOf(code).sort()).toEqual([...zones].sort());
});

test('every country that a person can choose has a zone that the runtime knows', () => {
  const text = readFileSync(join(studyFolder, 'a.json'), 'utf8');
  const panel = text.slice(text.indexOf('"sp_country"'), text.indexOf('"sp_region"'));
  const chosen = [...panel.matchAll(/"value":\s*"([A-Z]{3})"/g)].flatMap(([, code]) => code ?? []);
  expect(chosen.length).toBeGreaterThan(190);
  for (const country of chosen) {
    for (const zone of zonesOf(country)) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
    }
  }
});

describe('countries with several zones', () => {
  test('the zone with the most people comes first, none is left out', () => {
    expect(zonesOf('RUS')[0]).toBe('Europe/Moscow');
    expect(zonesOf('RUS')).toHaveLength(26);
    expect(zonesOf('USA')[0]).toBe('America/New_York');
    expect(new Set(zonesOf('USA')).size).toBe(zonesOf('USA').length);
  });

  test.each([
    ['RUS', 'г. Москва', ['Europe/Moscow']],
    ['RUS', 'Ростов-на-Дону', ['Europe/Moscow']],
    ['RUS', 'Владивосток, Приморский край', ['Asia/Vladivostok']],
    ['USA', 'San Francisco, CA', ['America/Los_Angeles']],
    ['USA', 'Флорида', ['America/New_York', 'America/Chicago']],
    ['ESP', 'Tenerife', ['Atlantic/Canary']],
    ['DEU', 'Берлин', ['Europe/Berlin']],
    ['KAZ', 'Алма-Ата', ['Asia/Almaty']],
  ])('%s, %s', (country, region, zones) => {
    expect(zonesOf(country, region)).toEqual(zones);
  });

  test('a region that is not recognised means any zone; part of a word is not recognised', () => {
    for (const region of ['Омскание', 'где-то', '', null]) expect(zonesOf('RUS', region)).toHaveLength(26);
    expect(zonesOf('SRB', 'Москва')).toEqual(['Europe/Belgrade']);
  });

  test('every named zone is one of its country’s', () => {
    for (const [country, named] of Object.entries(NAMED_ZONES)) {
      const all = zonesOf(country);
      for (const { zone } of named) expect(all).toContain(zone);
    }
  });
});

test('Kosovo, which ISO does not list', () => expect(zonesOf('XKX')).toEqual(['Europe/Belgrade']));

test.each(['', 'ZZZ', 'RU', 'srb', 'elsewhere'])('“%s” is refused, never guessed', (country) => {
  expect(() => zonesOf(country)).toThrow(expect.objectContaining({ code: 'residence.unknown_country' }));
});
