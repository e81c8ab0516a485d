/** Someone to add to a panel. */
export interface NewMember {
  /** A random UUIDv4 unless given. */
  id?: string;
  email: string;
  hostCountry: string;
  locale: string;
  timeZone?: string;
  cohort: string;
  recruitmentSource: string;
  /** The member who brought them in, and the coupon that they came with. */
  recruiterId?: string;
  coupon?: string;
  synthetic?: boolean;
}
