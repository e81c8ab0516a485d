import ts from 'typescript';
import { eachNode, sourcesIn } from '../make/repository.js';

/** Packages that only compute. */
const PURE_PACKAGES = [
  'zod',
  'temporal-polyfill',
  'markdown-it',
  'i18n-iso-countries',
  'recheck',
  'preact',
  'uqr',
];

/** Files without a suffix, but for those that run the whole (src/main.ts and its like) and the browser's. */
const pure = sourcesIn('src').filter(
  ({ path }) => /^src\/.+\/[^./]+\.tsx?$/.test(path) && !/^src\/web\/(respond|console)\//.test(path),
);

test('there are files to look at', () => {
  expect(pure.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['src/kit/clock.ts', 'src/questionnaire/survey.ts', 'src/web/server/page.ts']),
  );
});

test('a file without a suffix imports only its like, .problems, and packages that only compute', () => {
  const wrong = pure.flatMap(({ path, imports }) =>
    imports
      .filter(({ typeOnly }) => !typeOnly)
      .filter((to) => {
        if (to.path !== undefined) return !/\/[^./]+(\.problems)?\.tsx?$/.test(to.path);
        if (to.packageName === 'survey-core') return !path.startsWith('src/questionnaire/');
        return !PURE_PACKAGES.includes(to.packageName ?? '');
      })
      .map((to) => `${path} imports ${to.from}`),
  );
  expect(wrong).toEqual([]);
});

const FORBIDDEN = new Set([
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'require',
  'globalThis',
]);

test('a file without a suffix knows no clock, no chance and no machine', () => {
  const wrong = pure.flatMap(({ path, tree }) => {
    const found: string[] = [];
    eachNode(tree, (node) => {
      const deed = impurity(node);
      if (deed) found.push(`${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${deed}`);
    });
    return found;
  });
  expect(wrong).toEqual([]);
});

function impurity(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return 'new Date()';
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  if (ts.isPropertyAccessExpression(node) && /^(Date\.now|Math\.random|Temporal\.Now)$/.test(node.getText()))
    return node.getText();
  if (!ts.isIdentifier(node) || !FORBIDDEN.has(node.text)) return undefined;
  const parent = node.parent;
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isParameter(parent)) &&
      parent.name === node) ||
    ts.isJsxAttribute(parent);
  return isName ? undefined : node.text;
}
