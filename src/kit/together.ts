import { isDatabaseAway } from './sql.js';

/**
 * Does single things together: what is asked for while others are being done waits for the next go. One alone is done at once. A go that
 * fails as a whole is repeated one by one, so that nobody fails for another; not while the database is away.
 */
export class Together<Item, Result> {
  private readonly waiting: {
    item: Item;
    done: (result: Result) => void;
    failed: (cause: unknown) => void;
  }[] = [];
  private running = false;

  /**
   * @param work  answers for each item, in their order
   * @param most  items in one go
   * @param linger  is waited for before each go, while more may come; without it only what is asked for in the same breath comes along
   */
  constructor(
    private readonly work: (items: Item[]) => Promise<Result[]>,
    private readonly most: number,
    private readonly linger: () => Promise<unknown> = () => Promise.resolve(),
  ) {}

  do(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, done, failed });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      if (this.waiting.length < this.most) await this.linger();
      const going = this.waiting.splice(0, this.most);
      try {
        const results = await this.work(going.map(({ item }) => item));
        going.forEach(({ done }, at) => done(results[at] as Result));
      } catch (cause) {
        if (going.length === 1 || isDatabaseAway(cause)) for (const { failed } of going) failed(cause);
        else
          for (const { item, done, failed } of going)
            await this.work([item]).then(([one]) => done(one as Result), failed);
      }
    }
    this.running = false;
  }
}
