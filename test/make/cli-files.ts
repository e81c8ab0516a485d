/**
 * Every file and folder that a command takes, and what is tested of it. `read`: what has no end and what is no file is refused; `new file`: what is
 * there, and a link, stays as it is; `new folder`: it is empty, and nothing is written through a link that waits there. What needs more than
 * that names the test that has it.
 */
export const COMMAND_FILES: Record<string, 'read' | 'new file' | 'new folder' | { test: string }> = {
  'study load folder': { test: 'test/integration/hostile/study-folder.test.ts' },
  'panel add --file': { test: 'test/integration/wave/cli.test.ts' },
  'contacts edit-plan --file': 'read',
  'contacts letters --out': 'new file',
  'contacts suppress --file': 'read',
  'questionnaire lint file': 'read',
  'questionnaire check file': 'read',
  'questionnaire check --answers': 'read',
  'questionnaire codebook file': 'read',
  'export --out': 'new folder',
  'release export --out': { test: 'test/integration/export/release-cli.test.ts' },
  'audit verify --heads': { test: 'test/integration/access/audit.test.ts' },
  'audit export-head --out': { test: 'test/integration/access/audit.test.ts' },
  'backup create --out': { test: 'test/fault/backup.test.ts' },
  'backup verify file': { test: 'test/fault/backup.test.ts' },
  'backup restore file': { test: 'test/fault/backup.test.ts' },
  'backup restore --tombstones': { test: 'test/fault/backup.test.ts' },
  'demo --out': { test: 'test/integration/demo/demo.test.ts' },
  'demo --folder': { test: 'test/integration/demo/demo.test.ts' },
};

/** What else a command takes is no path: these words stand for it in the help. */
export const NO_PATHS = new Set([
  ...[
    'study',
    'id',
    'name',
    'words',
    'how',
    'reason',
    'what',
    'which',
    'by',
    'act',
    'role',
    'purpose',
    'channel',
  ],
  ...['letter', 'step', 'code', 'country', 'list', 'number', 'year', 'month', 'date', 'instant', 'outcome'],
  ...['address', 'member', 'key', 'keys', 'release'],
]);
