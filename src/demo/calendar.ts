/** Something that happens at an instant of the demo, whatever its people do. */
export interface Occasion {
  at: Date;
  /** Absent where the instant itself matters: what is owed is looked for then. */
  happens?: () => Promise<void>;
}

/** What is still to come, in the order of time; of one instant in the order in which it was entered. */
export class Calendar {
  private occasions: Occasion[] = [];

  add(...occasions: Occasion[]): void {
    this.occasions = [...this.occasions, ...occasions].sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** An instant at which to look for what is owed; the same one is entered once. */
  lookAt(at: Date): void {
    const known = this.occasions.some((one) => !one.happens && one.at.getTime() === at.getTime());
    if (!known) this.add({ at });
  }

  next(): Date | undefined {
    return this.occasions[0]?.at;
  }

  /** Takes out what has come by an instant. */
  take(now: Date): Occasion[] {
    const due = this.occasions.filter(({ at }) => at <= now);
    this.occasions = this.occasions.slice(due.length);
    return due;
  }
}
