import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

export const TOP = join(import.meta.dirname, '../..');

export const textOf = (path: string): string => readFileSync(join(TOP, path), 'utf8');

const ignored = textOf('.gitignore').split('\n').filter(Boolean);
const isIgnored = (name: string): boolean =>
  name === '.git' ||
  ignored.some((entry) =>
    entry.startsWith('*') ? name.endsWith(entry.slice(1)) : entry.replace('/', '') === name,
  );

/** What stands at the top of the repository, without what git ignores. */
export const topLevel = (): string[] => readdirSync(TOP).filter((name) => !isIgnored(name));

/** Paths of all files of the repository below a folder, without what git ignores. */
export function filesIn(folder = '.'): string[] {
  return readdirSync(join(TOP, folder), { withFileTypes: true })
    .filter(({ name }) => !isIgnored(name))
    .flatMap((entry) => {
      const path = normalize(join(folder, entry.name));
      return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
    })
    .sort();
}

export interface Import {
  from: string;
  /** for a file of ours its path, otherwise undefined */
  path: string | undefined;
  /** for a package its name, otherwise undefined */
  packageName: string | undefined;
  typeOnly: boolean;
}

export interface Source {
  path: string;
  tree: ts.SourceFile;
  imports: Import[];
}

/** TypeScript and JavaScript below a folder, with what they import. */
export const sourcesIn = (folder: string): Source[] => filesIn(folder).filter(isCode).map(sourceOf);

const isCode = (path: string): boolean => /\.(tsx?|[cm]?js)$/.test(path) && !path.endsWith('.d.ts');

function sourceOf(path: string): Source {
  const tree = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const note = (from: ts.Node | undefined, typeOnly: boolean) => {
    if (!from || !ts.isStringLiteralLike(from)) return;
    imports.push({
      from: from.text,
      path: from.text.startsWith('.') ? fileMeant(path, from.text) : undefined,
      packageName: /^(\.|node:)/.test(from.text) ? undefined : /^(@[^/]+\/)?[^/]+/.exec(from.text)?.[0],
      typeOnly,
    });
  };
  eachNode(tree, (node) => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, importsTypesOnly(node));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) note(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      note(node.argument.literal, true);
  });
  return { path, tree, imports };
}

export function eachNode(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => eachNode(child, visit));
}

const isLoader = (callee: ts.Node): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword ||
  /^(require|require\.resolve|import\.meta\.resolve)$/.test(callee.getText());

function importsTypesOnly({ importClause: clause }: ts.ImportDeclaration): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    !clause.name &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

const fileMeant = (importer: string, from: string): string => {
  const plain = normalize(join(dirname(importer), from));
  const candidates = [plain, plain.replace(/\.js$/, '.ts'), plain.replace(/\.js$/, '.tsx')];
  return candidates.find((path) => existing().has(path)) ?? plain;
};

let known: Set<string> | undefined;
const existing = (): Set<string> => (known ??= new Set(filesIn()));
