/** The shapes of the respondents' API, as the server sends and the browser reads them. */

/** Values by the value name of an item, plus `<value name>-refused: true` where the person would rather not answer. */
export type Answers = Record<string, unknown>;

/** `GET /api/respond/interview` */
export interface Interview {
  /** Tells this case from any other in the browser's storage, and says nothing about it. */
  case: string;
  study: { title: string };
  /** `closesOn`: the last whole day on which it can be answered, YYYY-MM-DD. */
  wave: { id: string; title: string; minutes: readonly [from: number, to: number]; closesOn: string };
  locale: string;
  locales: readonly string[];
  /** SurveyJS JSON; in a session that resumes elsewhere only the items that are still open. */
  questionnaire: object;
  answers: Answers;
  /** The last saved revision, 0 before the first. */
  revision: number;
  /** The page to resume at. */
  page: string | null;
  submitted: boolean;
  /** Nothing was ever saved for this case. */
  fresh: boolean;
  /** Earlier answers exist and are not disclosed to this session. */
  resumedElsewhere: boolean;
  /** By language: what texts and routing read of earlier waves, the variable `prev`; empty where they read nothing. */
  earlier: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What one save says, apart from its id and base. */
export interface Snapshot {
  answers: Answers;
  page: string;
  /** The furthest page that was shown. */
  reached: string;
  locale: string;
}

/** `POST /api/respond/revisions`; the same id with the same body may be sent again and gets the same reply. */
export interface SaveBody extends Snapshot {
  saveId: string;
  base: number;
}

export interface Saved {
  revision: number;
  /** ISO instant. */
  savedAt: string;
  /** Items whose new answer was compared with the earlier one, and whether it differs: what `prev.<item>_differs` becomes. */
  differs?: Readonly<Record<string, boolean>>;
}

/** `POST /api/respond/submission` */
export interface SubmissionBody {
  submissionId: string;
  base: number;
  answers: Answers;
  locale: string;
}

export interface Submitted {
  receipt: string;
  /** `YYYY-MM-DD` */
  submittedOn: string;
}

/** One answer that the server could not take; `item` is its value name. The message is in English, for developers. */
export interface Finding {
  item: string;
  rule: string;
  message: string;
}

/** RFC 9457 problem details with this API's extensions. */
export interface ProblemDetails {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  /** With `response.stale_revision`: the revision that is stored. */
  revision?: number;
  /** With `response.refused`. */
  findings?: readonly Finding[];
}
