const CYRILLIC: Record<string, string> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
  і: 'i',
  ї: 'yi',
  є: 'ye',
  ґ: 'g',
  ў: 'w',
  ә: 'a',
  ғ: 'gh',
  қ: 'q',
  ң: 'ng',
  ө: 'o',
  ұ: 'u',
  ү: 'u',
  һ: 'h',
  ђ: 'dj',
  ј: 'j',
  љ: 'lj',
  њ: 'nj',
  ћ: 'c',
  џ: 'dz',
};

/** Words that Stata, SPSS or R keep for themselves, and the columns that every file has. */
const RESERVED = new Set(
  (
    'all and by eq ge gt le lt ne not or to with byte double float if in int long using str strl else for function ' +
    'next repeat return true false null while break inf nan na pidp wave syear ' +
    'hostcountry disp intdate intlang'
  ).split(' '),
);

/** Longest name without the wave's prefix. */
export const NAME_LENGTH = 28;
/** What a text's name leaves free for its companion `…_mis`. */
export const COMPANION = '_mis';
/** A name that can be a variable without an alias. */
export const VARIABLE_NAME = /^[a-z][a-z0-9_]{0,27}$/;

/** Four characters that stand for a text: the same text always gets the same (FNV-1a). */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return (hash % 36 ** 4).toString(36).padStart(4, '0');
}

/**
 * A readable ASCII part of a variable name: Cyrillic is transliterated, accents fall, `hostCountry` is `host_country`.
 * @returns lower-case letters, digits and single underscores; empty when nothing of the text can be kept
 */
export function aliasPart(text: string): string {
  const split = text.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2').toLowerCase();
  const latin = [...split].map((letter) => CYRILLIC[letter] ?? letter).join('');
  return latin
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** The part of a name that a choice, row or column gives: numbers keep their sign as `m`. */
export function valuePart(value: unknown): string {
  if (typeof value === 'number' && value < 0) return `m${valuePart(-value)}`;
  const text = String(value);
  return aliasPart(text) || `x${shortHash(text)}`;
}

/** The beginning of an item's names: its `variable`, else an alias of its name; it begins with a letter. */
export function rootName(name: string): string {
  const part = aliasPart(name) || `x${shortHash(name)}`;
  const root = /^[a-z]/.test(part) ? part : `v${part}`;
  return RESERVED.has(root) ? `${root}_v` : root;
}

/** Gives out names that fit the pattern, each once a table; what is too long keeps its beginning, end and a short hash. */
export class NameRegister {
  private readonly taken = new Map<string, Set<string>>();
  /** Names that two things would have had, and the path of the second. */
  readonly clashes: { name: string; path: string }[] = [];

  /**
   * @param parts  root and suffixes, already aliased
   * @param path   what the name is for; decides the hash, so that a name does not depend on its neighbours
   * @param room   characters to leave free at the end
   */
  take(table: string, parts: string[], path: string, room = 0): string {
    const used = this.taken.get(table) ?? new Set<string>();
    this.taken.set(table, used);
    const longest = NAME_LENGTH - room;
    const plain = parts.join('_');
    let name = plain.length <= longest ? plain : shorten(parts, path, longest);
    if (used.has(name)) this.clashes.push({ name, path });
    for (let salt = 1; used.has(name); salt++) name = shorten(parts, `${path}#${salt}`, longest);
    used.add(name);
    return name;
  }
}

/** A root that leaves this much room for what is put around it; a long one keeps its beginning and a short hash. */
export const rootWithin = (root: string, longest: number): string =>
  root.length <= longest ? root : `${root.slice(0, longest - 5).replace(/_+$/, '')}_${shortHash(root)}`;

/** Whether these parts, joined, are short enough to be a name. */
export const fitsName = (parts: string[]): boolean => parts.join('_').length <= NAME_LENGTH;

function shorten(parts: string[], path: string, longest: number): string {
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : '';
  const tail = last.length > 0 && last.length <= 6 ? `_${last}` : '';
  const head = (tail ? parts.slice(0, -1) : parts).join('_');
  const hash = shortHash(`${path}|${parts.join('|')}`);
  return `${head.slice(0, longest - tail.length - 5).replace(/_+$/, '')}_${hash}${tail}`;
}
