import ts from 'typescript';
import { eachNode, sourcesIn } from '../make/repository.js';

interface Declared {
  path: string;
  name: string;
  code: string;
}

const sources = sourcesIn('src');
const declared: Declared[] = sources.flatMap(({ path, tree }) => {
  const found: Declared[] = [];
  eachNode(tree, (node) => {
    if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isCallExpression(node.initializer))
      return;
    const { expression, arguments: given } = node.initializer;
    const [code] = given;
    if (expression.getText() === 'problem' && code && ts.isStringLiteral(code))
      found.push({ path, name: node.name.getText(), code: code.text });
  });
  return found;
});

test('there are problems to look at', () => expect(declared.length).toBeGreaterThan(20));

test('a problem is declared in a .problems file, under a code that begins with its folder, once', () => {
  expect(declared.filter(({ path }) => !path.endsWith('.problems.ts'))).toEqual([]);
  expect(declared.filter(({ path, code }) => !code.startsWith(`${path.split('/')[1]}.`))).toEqual([]);
  expect(declared.filter(({ code }) => !/^[a-z]+\.[a-z][a-z0-9_]*$/.test(code))).toEqual([]);
  const codes = declared.map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test('every problem is raised somewhere', () => {
  const raised = new Set<string>();
  for (const { tree } of sources)
    eachNode(tree, (node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) raised.add(node.expression.text);
    });
  expect(
    declared.filter(({ name }) => !raised.has(name)).map(({ code, path }) => `${code} of ${path}`),
  ).toEqual([]);
});

test('a Problem is made by its declaration only', () => {
  const made = sources.filter(({ path, tree }) => {
    let makes = false;
    eachNode(tree, (node) => {
      makes ||= ts.isNewExpression(node) && node.expression.getText() === 'Problem';
    });
    return makes && path !== 'src/kit/problem.ts';
  });
  expect(made.map(({ path }) => path)).toEqual([]);
});
