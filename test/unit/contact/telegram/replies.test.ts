import { sayInChat, type ChatReply } from '../../../../src/contact/telegram/replies.js';

const REPLIES: ChatReply[] = ['joined', 'unknown', 'how', 'stopped', 'words'];
const OF_A_STUDY =
  /исслед|опрос|анкет|участ|панел|эмигра|переезд|study|survey|questionnaire|research|panel|member/i;

it.each(['ru', 'en'])('in %s the bot tells nothing of any study', (locale) => {
  for (const reply of REPLIES) {
    const said = sayInChat(locale, reply);
    expect(said).not.toMatch(OF_A_STUDY);
    expect(/[а-я]/i.test(said)).toBe(locale === 'ru');
  }
});

it('says how to stop wherever messages may come', () => {
  for (const locale of ['ru', 'en'])
    for (const reply of ['joined', 'words'] as const) expect(sayInChat(locale, reply)).toContain('/stop');
});
