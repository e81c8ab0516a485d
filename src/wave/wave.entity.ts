import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type WaveFile } from '../study/study.js';

@Entity('wave')
export class WaveRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'study_id' }) studyId!: string;
  @Column('text') letter!: string;
  @Column('jsonb') definition!: WaveFile;
  @Column('text', { name: 'questionnaire_id' }) questionnaireId!: string;
  @Column('timestamptz', { name: 'opened_at', nullable: true }) openedAt!: Date | null;
  @Column('timestamptz', { name: 'closes_at', nullable: true }) closesAt!: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt!: Date | null;
}
