/** What a scale's values come to. */
export interface Statistics {
  /** How many values. */
  n: number;
  mean: number;
  /** Of the sample, by n − 1; null for a single value. */
  sd: number | null;
  min: number;
  max: number;
}

/**
 * Mean and spread of numbers, one after another, without keeping them.
 * @see B. P. Welford (1962), Technometrics 4(3); for many at once T. F. Chan, G. H. Golub, R. J. LeVeque (1983), The American Statistician 37(3)
 */
export class Moments {
  private n = 0;
  private mean = 0;
  private squares = 0;
  private min = Infinity;
  private max = -Infinity;

  add(value: number): void {
    this.n += 1;
    const off = value - this.mean;
    this.mean += off / this.n;
    this.squares += off * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** The same value `count` times. */
  addMany(value: number, count: number): void {
    if (count === 0) return;
    const before = this.n;
    const off = value - this.mean;
    this.n += count;
    this.mean += (off * count) / this.n;
    this.squares += (off * off * before * count) / this.n;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  copy(): Moments {
    return Object.assign(new Moments(), this);
  }

  /** None where there was no value. */
  statistics(): Statistics | undefined {
    const { n, mean, squares, min, max } = this;
    if (n === 0) return undefined;
    return { n, mean, sd: n < 2 ? null : Math.sqrt(squares / (n - 1)), min, max };
  }
}
