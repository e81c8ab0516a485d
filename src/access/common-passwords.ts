/** The commonest passwords of twelve characters and more, in Latin and Cyrillic, in small letters. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  123456789012 1234567890123 12345678901234 123456789101112 1234567891011 123456123456 123123123123 112233445566
  1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv qazwsxedcrfv qazwsxedc123 zaq12wsxcde3
  qwertyuiop12 qwertyuiop123 qwertyuiop[] qwerty123456 qwerty1234567 qwerty12345678 qwertyqwerty qwerty654321 123456qwerty
  123qweasdzxc qweasdzxc123 asdfghjkl123 zxcvbnm12345 zxcvbnm,./12 poiuytrewq12
  password1234 password12345 password123456 passwordpassword passw0rd1234 p@ssw0rd1234 p@ssword1234 mypassword12 mypassword123
  password2023 password2024 password2025 password2026 changeme1234 changemenow1 letmein12345 letmeinplease welcome12345
  welcome123456 administrator administrator1 administrator123 admin1234567 admin12345678 adminadminadmin rootrootroot
  iloveyou1234 iloveyouforever iloveyousomuch iloveyoubaby loveforever1 trustno1trustno1 superman1234 football1234 baseball1234
  dragon123456 monkey123456 sunshine1234 princess1234 princess12345 charlie12345 michael12345 liverpool123 manchester12
  manchesterunited correcthorsebatterystaple thisisapassword thisismypassword secretsecret supersecret1 supersecret123
  test12345678 testtesttest temporary123 default12345 samsung12345 computer1234 internet1234 starwars1234 whatever1234
  abcd12345678 abc123456789 abc123abc123 a123456789012 aa1234567890 aaa111222333 q1w2e3r4t5y6 q1w2e3r4t5y6u7
  пароль123456 парольпароль пароль1234567 йцукенгшщзхъ йцукен123456 qwertyйцукен любовь123456 самара123456 москва123456
  наташа123456 россия123456 привет123456 приветпривет янезнаюпароль неизвестный1 солнышко1234
  gfhjkm123456 gfhjkmgfhjkm ghbdtn123456 vfrcbv123456 yfnfif123456 qwer1234qwer qwe123qwe123 zxc123zxc123
  `
    .trim()
    .split(/\s+/),
);
