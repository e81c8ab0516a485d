import { error, type Finding, isJson, type Node, nodesOf } from './lint-walk.js';

const LENGTH = 500;
/** A pattern that is slow by the square of the text's length is harmless on short texts. */
const SHORT_TEXT = 1000;
const TIME = { timeout: 1500, attackTimeout: 300, incubationTimeout: 100, recallTimeout: -300 };

/**
 * An author's regular expressions: they compile, and no answer can make them search for ever.
 * The analysis is bounded to 1.5 s an expression; one that it cannot finish is refused.
 */
export async function lintRegexes(json: unknown): Promise<Finding[]> {
  const patterns = [...nodesOf(json)].filter(
    (node) => node.key === 'regex' && typeof node.value === 'string',
  );
  if (patterns.length === 0) return [];
  const loaded = await import('recheck/lib/browser.js');
  const { checkSync } = 'default' in loaded ? (loaded.default as typeof loaded) : loaded;
  return patterns.flatMap((node) => {
    const source = node.value as string;
    const refuse = (message: string) => [error(node.path, 'regex', message)];
    if (source.length > LENGTH)
      return refuse(
        `This pattern has ${source.length} characters; at most ${LENGTH} can be checked for safety. Shorten it.`,
      );
    const flags = isJson(node.parent?.value) && node.parent.value.caseInsensitive === true ? 'i' : '';
    if (!compiles(source, flags))
      return refuse('This is not a valid regular expression. Correct its syntax.');
    const found = checkSync(source, flags, TIME);
    if (found.status === 'safe') return [];
    if (found.status === 'unknown')
      return refuse('This pattern could not be proved safe from endless backtracking in time. Simplify it.');
    const complexity = found.complexity;
    if (complexity.type === 'polynomial' && complexity.degree <= 2 && longestText(node) <= SHORT_TEXT)
      return [];
    return refuse(
      complexity.type === 'polynomial'
        ? 'A long answer makes this pattern backtrack until the server stands still. Remove overlapping repetitions, or set maxLength to 1000 or less.'
        : 'A short answer makes this pattern backtrack until the server stands still. Remove repetitions inside repetitions.',
    );
  });
}

function compiles(source: string, flags: string): boolean {
  try {
    return Boolean(new RegExp(source, flags));
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
}

/** The longest text that the pattern can meet: `maxLength` of the nearest item around it. */
function longestText(node: Node): number {
  for (let here = node.parent; here; here = here.parent) {
    const length = isJson(here.value) ? here.value.maxLength : undefined;
    if (typeof length === 'number' && length > 0) return length;
  }
  return Infinity;
}
