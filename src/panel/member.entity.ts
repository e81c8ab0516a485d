import { Column, Entity, PrimaryColumn } from 'typeorm';

export type MemberStatus = 'active' | 'withdrawn' | 'dead';

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
}
