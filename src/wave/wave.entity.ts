import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type ContactStep } from '../study/contact-plan.js';
import { type WaveFile } from '../study/study.js';
import { type PartialRule } from './disposition.js';

@Entity('wave')
export class WaveRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'study_id' }) studyId!: string;
  @Column('text') letter!: string;
  @Column('jsonb') definition!: WaveFile;
  @Column('text', { name: 'questionnaire_id' }) questionnaireId!: string;
  /** As it stood when the wave was opened; so are the crucial items. Null before. */
  @Column('jsonb', { name: 'partial_rule', nullable: true }) partialRule!: PartialRule | null;
  @Column('jsonb', { nullable: true }) crucial!: string[] | null;
  @Column('timestamptz', { name: 'opened_at', nullable: true }) openedAt!: Date | null;
  @Column('timestamptz', { name: 'closes_at', nullable: true }) closesAt!: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt!: Date | null;
  /** The plan as staff edited it here; null where the one of the definition holds. */
  @Column('jsonb', { name: 'contact_plan', nullable: true }) contactPlan!: ContactStep[] | null;
  /** Cases are still to be issued to whoever is eligible now. */
  @Column('boolean') issuing!: boolean;
}
