import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type MemberStatus } from './member-status.js';

/** A panel member, without any way to reach them: that is the vault's. */
@Entity('member')
export class MemberRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'study_id' }) studyId!: string;
  @Column('text') cohort!: string;
  @Column('text', { name: 'recruitment_source' }) recruitmentSource!: string;
  @Column('char', { name: 'host_country', length: 3 }) hostCountry!: string;
  @Column('text') locale!: string;
  @Column('text', { name: 'time_zone', nullable: true }) timeZone!: string | null;
  @Column('text', { array: true }) channels!: string[];
  @Column('text') status!: MemberStatus;
  @Column('boolean') synthetic!: boolean;
  @Column('date', { name: 'joined_on' }) joinedOn!: string;
  /** The member who brought them in. */
  @Column('uuid', { name: 'recruiter_id', nullable: true }) recruiterId!: string | null;
  @Column('text', { nullable: true }) coupon!: string | null;
  /** Where they are last known to live; null while only the host country of recruitment is known. */
  @Column('char', { name: 'residence_country', length: 3, nullable: true }) residenceCountry!: string | null;
  @Column('text', { name: 'residence_region', nullable: true }) residenceRegion!: string | null;
  @Column('text', { name: 'residence_coder', nullable: true }) residenceCoder!: string | null;
}
