import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { lockMember } from '../panel/panel.queries.js';
import { historyFrom, versionsOf } from './derived.js';
import { movesOf } from './moves.js';
import { openSpell } from './residence.js';
import { InvalidPlace, UnknownCountry } from './residence.problems.js';
import {
  addReport,
  type Derived,
  lockStale,
  makeStale,
  markStale,
  readAlone,
  replaceDerived,
  type ReportRow,
  reportsOf,
  type StaleMember,
  standingSpells,
} from './residence.queries.js';
import { type History } from './spell.js';
import { isMonthWord, PLACE_ITEMS } from './stated.js';
import { zonesOf } from './zone.js';

/** Version of the way spells and moves follow from what was said; raise it when the same words would give others. */
export const RESIDENCE_CODER = '1';

const BATCH = 500;
/** Connections at work: while the database writes for some members, others' histories are folded. */
const AT_ONCE = 2;

/** A present home, and when they moved in, as exactly as they know. */
export interface PlaceNow {
  /** ISO 3166-1 alpha-3. */
  country: string;
  region?: string | undefined;
  year?: number | undefined;
  /** `jan` … `dec`, `winter` … `autumn`. */
  month?: string | undefined;
}

/**
 * Where members live: spells and moves, derived from what they said. What they said is never changed; what is derived can always be
 * derived again and is then the same. Whoever changes what counts marks the member stale in the same transaction.
 */
@Injectable()
export class ResidenceService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Takes a place where a member lives now, as they or staff report it between waves. It ends the place known so far; it never closes a
   * case. What it changes for the member's contacts holds from the next one on.
   * @throws InvalidPlace, UnknownMember
   */
  async report(memberId: string, actor: Actor, place: PlaceNow): Promise<void> {
    await this.db.transaction((tx) => this.reportIn(tx, memberId, actor, place));
    await this.derive([memberId]);
  }

  /** The same in a caller's transaction; what follows from it the caller has derived after the commit, or else the next sweep. */
  async reportIn(tx: EntityManager, memberId: string, actor: Actor, place: PlaceNow): Promise<void> {
    const now = this.clock.now();
    const findings = faultsOf(place, now.getUTCFullYear());
    if (findings.length > 0) throw InvalidPlace({ findings });
    if ((await lockMember(tx, memberId)) !== 'active') throw UnknownMember({ member: memberId });
    const known = (await standingSpells(tx, memberId)).length > 0;
    const spells = [rowStated(place)];
    const answers = known ? { res_same: 'moved', spells } : { spells };
    const isOwn = actor.kind === 'member'; // what members say themselves is an answer, not an act
    await addReport(tx, memberId, isOwn ? 'respondent' : 'staff', answers, dateOf(now));
    await markStale(tx, memberId);
    const subject = { kind: 'member', id: memberId } as const;
    if (!isOwn) await this.audit.append(tx, { act: 'residence.reported', actor, subject });
  }

  /** Derives spells and moves of these members, where they are stale, at once. */
  async derive(memberIds: readonly string[]): Promise<void> {
    await this.step(memberIds.length, memberIds);
  }

  /** Derives spells and moves of whoever is stale, five hundred members at a time. @returns of how many */
  async bringUpToDate(): Promise<number> {
    await makeStale(this.db.manager, RESIDENCE_CODER);
    return this.catchUp();
  }

  /** As `bringUpToDate`, for the stale ones alone: what a crash or a closed wave left. */
  async catchUp(): Promise<number> {
    const counts = await Promise.all(Array.from({ length: AT_ONCE }, () => this.deriveStale()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async deriveStale(): Promise<number> {
    let derived = 0;
    for (let ids = [NO_ID]; ids.length > 0; derived += ids.length)
      ids = await this.step(BATCH, null, ids.at(-1));
    return derived;
  }

  /** Derives one transaction's worth of members. @returns their ids, in order */
  private step(limit: number, named: readonly string[] | null, after = NO_ID): Promise<string[]> {
    return this.db.transaction(async (tx) => {
      const stale = await lockStale(tx, limit, named, after);
      const ids = stale.map(({ id }) => id);
      if (ids.length === 0) return ids;
      if (!named) await readAlone(tx);
      // A statement of its own, so that it sees what a save that held a member until just now has written.
      await replaceDerived(tx, ids, derivedOf(stale, await reportsOf(tx, ids)), RESIDENCE_CODER);
      return ids;
    });
  }
}

/** Comes before every member's id. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

function derivedOf(members: readonly StaleMember[], rows: readonly ReportRow[]): Derived {
  const said = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const own = said.get(row.member_id);
    if (own) own.push(row);
    else said.set(row.member_id, [row]);
  }
  const derived: Derived = { revisions: [], spells: [], moves: [], members: [] };
  for (const member of members) {
    const history = historyFrom(said.get(member.id) ?? []);
    addRows(derived, member, history);
  }
  return derived;
}

function addRows(derived: Derived, member: StaleMember, history: History): void {
  const { id: member_id, hosts } = member;
  history.revisions.forEach(({ sourceWave, kind, reportedOn, issues }, index) =>
    derived.revisions.push({
      member_id,
      nr: index + 1,
      source_wave_id: sourceWave,
      kind,
      reported_on: reportedOn,
      issues: JSON.stringify(issues),
    }),
  );
  for (const { spell, since, until, seq } of versionsOf(history))
    derived.spells.push({
      member_id,
      since_nr: since,
      seq,
      until_nr: until,
      country: spell.country,
      region: spell.region,
      moved_in_on: firstOf(spell.movedIn),
      moved_out_on: firstOf(spell.movedOut),
      precision: spell.precision,
      dating: spell.dating,
      stated_from: firstOf(spell.stated?.from),
      stated_to: firstOf(spell.stated?.to),
      legal_basis: spell.legalBasis,
      source_wave_id: spell.sourceWave,
      last_confirmed_on: spell.lastConfirmedOn,
      fed_forward: spell.fedForward,
    });
  movesOf(history, hosts).forEach((move, index) =>
    derived.moves.push({
      member_id,
      seq: index + 1,
      from_country: move.from,
      to_country: move.to,
      moved_on: firstOf(move.month),
      not_before_on: firstOf(move.notBefore),
      class: move.class,
      precision: move.precision,
      dating: move.dating,
      source_wave_id: move.sourceWave,
    }),
  );
  derived.members.push({ id: member_id, ...presentOf(member, history) });
}

const firstOf = (month: string | null | undefined): string | null => (month ? `${month}-01` : null);

/** Where a member lives now, and their zone: what was known of it holds until they live elsewhere. */
function presentOf(member: StaleMember, history: History) {
  if (history.revisions.length === 0)
    return { country: member.residence_country, region: member.residence_region, zone: member.time_zone };
  const open = openSpell(history);
  const { country, region } = open ?? { country: null, region: null };
  const before = member.residence_country ?? member.host_country;
  const moved =
    country !== before || (member.residence_region !== null && region !== member.residence_region);
  return { country, region, zone: moved ? onlyZone(country, region) : member.time_zone };
}

/** The zone of a place that has one only; null where several are possible. */
function onlyZone(country: string | null, region: string | null): string | null {
  if (country === null) return null;
  const place = `${country} ${region ?? ''}`;
  const known = ONLY_ZONES.get(place);
  if (known !== undefined) return known;
  const zone = findOnlyZone(country, region);
  if (ONLY_ZONES.size >= MOST_PLACES) ONLY_ZONES.clear();
  ONLY_ZONES.set(place, zone);
  return zone;
}

/** What the runtime's table of zones said before: to ask it takes as long as folding a dozen histories. */
const ONLY_ZONES = new Map<string, string | null>();
const MOST_PLACES = 10_000;

function findOnlyZone(country: string, region: string | null): string | null {
  try {
    const [only, ...others] = zonesOf(country, region);
    return only !== undefined && others.length === 0 ? only : null;
  } catch (cause) {
    if (cause instanceof Problem && cause.code === UnknownCountry.code) return null;
    throw cause;
  }
}

function faultsOf({ country, region, year, month }: PlaceNow, thisYear: number): string[] {
  const faults: string[] = [];
  if (!isCountry(country))
    faults.push('country: give three capital letters (ISO 3166-1 alpha-3), such as DEU.');
  if ((region?.length ?? 0) > LONGEST_REGION) faults.push(`region: use up to ${LONGEST_REGION} characters.`);
  if (year !== undefined && (!Number.isInteger(year) || year < EARLIEST_YEAR || year > thisYear))
    faults.push(`year: give a year from ${EARLIEST_YEAR} to ${thisYear}.`);
  if (month !== undefined && (year === undefined || !isMonthWord(month)))
    faults.push('month: give jan to dec or winter, spring, summer, autumn, and the year.');
  return faults;
}

const LONGEST_REGION = 120;
const EARLIEST_YEAR = 1990;

function isCountry(country: string): boolean {
  try {
    return /^[A-Z]{3}$/.test(country) && zonesOf(country).length > 0;
  } catch (cause) {
    if (cause instanceof Problem && cause.code === UnknownCountry.code) return false;
    throw cause;
  }
}

const rowStated = ({ country, region, year, month }: PlaceNow): object => ({
  [PLACE_ITEMS.country]: country,
  ...(region ? { [PLACE_ITEMS.region]: region } : {}),
  ...(year === undefined ? {} : { [PLACE_ITEMS.year]: year, [PLACE_ITEMS.month]: month ?? 'dontknow' }),
});
