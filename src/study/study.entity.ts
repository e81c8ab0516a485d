import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type StudyLetter } from './study-letter.js';
import { type StudyFile } from './study.js';

@Entity('study')
export class StudyRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') code!: string;
  @Column('jsonb') definition!: StudyFile;
  @Column('timestamptz', { name: 'loaded_at' }) loadedAt!: Date;
  @Column('timestamptz', { name: 'sending_paused_at', nullable: true }) sendingPausedAt!: Date | null;
}

@Entity('letter')
export class LetterRow {
  @PrimaryColumn('text', { name: 'study_id' }) studyId!: string;
  @PrimaryColumn('text') name!: string;
  @PrimaryColumn('text') locale!: string;
  @Column('text') subject!: string;
  @Column('text') body!: string;
  /** Staff changed it here. */
  @Column('boolean') edited!: boolean;
  /** What the file said when it was loaded last, where staff changed the letter since; null where the file knew no such letter. */
  @Column('jsonb', { name: 'as_loaded', nullable: true }) asLoaded!: StudyLetter | null;
}
