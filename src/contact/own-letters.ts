import { type Letter } from './letter.js';

/** Letters of the application itself, in the languages that its pages speak. They say nothing of what the study is about. */
const LETTERS = {
  own_page: {
    ru: {
      subject: 'Ссылка на вашу страницу',
      body: `Здравствуйте!

На нашем сайте попросили прислать на этот адрес ссылку на личную страницу. На ней можно посмотреть и скачать всё, что у нас о вас есть, исправить это, остановить сообщения или всё стереть.

[Открыть страницу]({link})

Ссылка действует полчаса и открывается один раз. Она только для вас: не пересылайте её.

Если вы ни о чём не просили, просто удалите это письмо: без него страницу никто не откроет.
`,
    },
    en: {
      subject: 'The link to your page',
      body: `Hello,

Someone asked on our site for a link to a personal page to be sent to this address. There you can see and copy all that we hold about you, correct it, stop messages, or have everything erased.

[Open the page]({link})

The link works for half an hour and opens once. It is for you alone: please do not forward it.

If you did not ask for it, simply delete this message: nobody can open the page without it.
`,
    },
  },
  new_address: {
    ru: {
      subject: 'Подтвердите этот адрес',
      body: `Здравствуйте!

Нас попросили писать теперь на этот адрес. Чтобы он начал действовать, подтвердите его:

[Подтвердить адрес]({link})

Ссылка действует полчаса и открывается один раз. До подтверждения ничего не меняется.

Если вы ни о чём не просили, просто удалите это письмо: без подтверждения мы этот адрес не сохраним.
`,
    },
    en: {
      subject: 'Please confirm this address',
      body: `Hello,

We were asked to write to this address from now on. Please confirm it, so that it counts:

[Confirm the address]({link})

The link works for half an hour and opens once. Until then nothing changes.

If you did not ask for it, simply delete this message: an address that is not confirmed is not kept.
`,
    },
  },
  address_changed: {
    ru: {
      subject: 'Адрес изменён',
      body: `Здравствуйте!

На личной странице указали другой адрес почты и подтвердили его. На этот адрес наши письма больше приходить не будут.

Если это сделали не вы, ответьте на это письмо: его прочитает человек.
`,
    },
    en: {
      subject: 'The address has changed',
      body: `Hello,

Another e-mail address was given on your personal page, and confirmed. Our messages will no longer come to this address.

If it was not you, reply to this message: a person will read it.
`,
    },
  },
} satisfies Record<string, Record<'ru' | 'en', Letter>>;

export type OwnLetter = keyof typeof LETTERS;

/** One of these letters in the language nearest to a locale. It is given a `link` where it has one. */
export const ownLetter = (name: OwnLetter, locale: string): Letter =>
  LETTERS[name][locale.toLowerCase().split('-')[0] === 'ru' ? 'ru' : 'en'];
