import { type Unsent, unsentStore } from '../../../src/web/respond/unsent.js';

const unsent: Unsent = {
  case: 'a',
  base: 2,
  inFlight: null,
  latest: { answers: { q: 1 }, page: 'p', reached: 'p', locale: 'ru' },
};

function storage() {
  const entries = new Map<string, string>();
  return {
    entries,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}

const provide = (get: () => unknown) =>
  Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get });

afterEach(() => Reflect.deleteProperty(globalThis, 'sessionStorage'));

describe('unsentStore', () => {
  it('gives back what waits for this case, and nothing of another', () => {
    const kept = storage();
    provide(() => kept);
    unsentStore.write(unsent);
    expect(unsentStore.read('a')).toEqual(unsent);
    expect(unsentStore.read('b')).toBeNull();
  });

  it('leaves nothing behind once all is acknowledged', () => {
    const kept = storage();
    provide(() => kept);
    unsentStore.write(unsent);
    unsentStore.write({ ...unsent, latest: null });
    expect(kept.entries.size).toBe(0);
    unsentStore.write(unsent);
    unsentStore.write(null);
    expect(kept.entries.size).toBe(0);
  });

  it('does without storage where the browser forbids it', () => {
    provide(() => {
      throw new Error('SecurityError');
    });
    unsentStore.write(unsent);
    unsentStore.clear();
    expect(unsentStore.read('a')).toBeNull();
  });
});
