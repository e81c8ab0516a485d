import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An immutable version of a questionnaire, named by the SHA-256 of its text. */
@Entity('questionnaire_version')
export class QuestionnaireVersionRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'study_id' }) studyId!: string;
  @Column('text') content!: string;
  @Column('timestamptz', { name: 'imported_at' }) importedAt!: Date;
}
