/** What XML 1.0 has no place for: most control characters, halves of surrogate pairs, two non-characters. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would turn these into line feeds or spaces.
  '\r': '&#13;',
  '\t': '&#9;',
  '\n': '&#10;',
};
const entity = (character: string): string => ENTITIES[character] ?? character;

/** A text between tags; what XML forbids is left out. */
export const xmlText = (text: string): string => text.replace(FORBIDDEN, '').replace(/[&<>\r]/g, entity);
/** A text in an attribute. */
export const xmlAttribute = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"\r\t\n]/g, entity);

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of markup that is ready; without content it closes itself. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const listed = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${xmlAttribute(String(value))}"`]))
    .join('');
  return content === '' ? `<${name}${listed}/>` : `<${name}${listed}>${content}</${name}>`;
}
