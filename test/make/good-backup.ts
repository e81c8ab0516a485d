import { join } from 'node:path';
import { backupDesk, type BackupDesk, emptyPlace, type EmptyPlace, stateOf } from './backup-desk.js';
import { type Field, inTheField } from './field.js';

/**
 * For the tests of a file: people in the field of whom there is a backup named `good`, and, anew for each test, databases with
 * nothing in them. What it gives is there once tests run.
 */
export function aGoodBackup(people: number) {
  let field: Field;
  let desk: BackupDesk;
  let place: EmptyPlace;
  beforeAll(async () => {
    field = await inTheField(people);
    desk = await backupDesk(() => field.clock);
    await desk.create(field.services, 'good');
  });
  afterAll(async () => {
    await desk.close();
    await field.close();
  });
  beforeEach(async () => void (place = await emptyPlace(field.config)));
  afterEach(() => place.database.drop());
  return {
    field: () => field,
    desk: () => desk,
    place: () => place,
    pathOf: (name: string) => join(desk.folder, name),
    isEmpty: async () =>
      expect(await stateOf(place.database)).toEqual({ data: {}, schema: { main: [], vault: [] } }),
  };
}
