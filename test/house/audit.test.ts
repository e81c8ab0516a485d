import ts from 'typescript';
import { AUDIT_ACTS } from '../../src/access/audit-act.js';
import { eachNode, sourcesIn } from '../make/repository.js';

/** The acts that some code appends: `act: '…'` in an object. */
const appended = new Set<string>();
for (const { path, tree } of sourcesIn('src'))
  if (path !== 'src/access/audit-act.ts')
    eachNode(tree, (node) => {
      if (
        ts.isPropertyAssignment(node) &&
        node.name.getText() === 'act' &&
        ts.isStringLiteral(node.initializer) &&
        node.initializer.text in AUDIT_ACTS
      )
        appended.add(node.initializer.text);
    });

test('every act that the audit log knows is appended somewhere', () => {
  expect(Object.keys(AUDIT_ACTS).filter((act) => !appended.has(act))).toEqual([]);
});

test('an act is a dotted code and a sentence, with details by plain names', () => {
  for (const [act, { says, details }] of Object.entries(AUDIT_ACTS)) {
    expect(act).toMatch(/^[a-z]+\.[a-z][a-z_]*$/);
    expect(says).toMatch(/^[A-Z].*\.$/);
    expect(details.filter((name) => !/^[a-z][A-Za-z]*$/.test(name))).toEqual([]);
  }
});
