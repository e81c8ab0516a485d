import { addPeople, linkTokenOf, loadStudy, openWave, testApp, type TestApp } from '../../make/app.js';

let town: TestApp;
beforeAll(async () => {
  town = await testApp();
  const study = await loadStudy(town.services);
  await addPeople(town.services, study, [{}, { email: 'second@synthetic.example' }]);
  await openWave(town.services, study);
  await town.deliver();
});
afterAll(() => town.close());

it('a link from a message opens a session', async () => {
  const token = await linkTokenOf(town.sink, 'second@synthetic.example');
  const reply = await fetch(`${town.config.publicUrl}/respond/session`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    redirect: 'manual',
  });
  expect(reply.status).toBe(303);
});
