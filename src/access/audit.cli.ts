import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { AUDIT_ACTS, isAuditAct } from './audit-act.js';
import { type ChainedEntry } from './audit-canonical.js';
import { detailOf } from './audit-check.js';
import { AuditHeadService } from './audit-head.service.js';
import { headsIn } from './audit-heads.node.js';
import { type AuditVerdict, AuditVerifyService } from './audit-verify.service.js';
import { UnknownAct } from './audit.problems.js';
import { entriesAfter } from './audit.queries.js';

const PAGE = 500;

/** Reads, proves and carries out the log of what was done. */
export const auditCommands: AddCommands = (program, out, inApp) => {
  const audit = program
    .command('audit')
    .description('the log of what staff, tokens and respondents’ rights did');

  audit
    .command('verify')
    .description(
      'prove that no entry was changed, removed, added or put elsewhere, and no sealed answer either; ends with 1 where one was',
    )
    .option('--heads <file>', 'signed heads, kept elsewhere; left out: those of AUDIT_HEADS')
    .option(
      '--public-key <keys>',
      'that they are signed for, as audit key prints it, with those of earlier master keys parted by commas; left out: those of the master keys',
    )
    .option('--json', 'print JSON')
    .action(async ({ heads, publicKey, json }: { heads?: string; publicKey?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const kept = services(AuditHeadService).file;
        const file = heads ?? (kept !== undefined && existsSync(kept) ? kept : undefined);
        const signed = file === undefined ? [] : await headsIn(file);
        const verdict = await services(AuditVerifyService).verify(signed, publicKey);
        if (!verdict.intact) out.end(EXIT.failed);
        if (json) return out.json(verdict);
        for (const line of linesOf(verdict)) out.line(line);
      });
    });

  audit
    .command('list')
    .description('what was done, in order')
    .option('--study <id>', 'of this study alone')
    .option('--since <instant>', 'from this instant on (ISO 8601); what respondents do is kept to the hour')
    .option('--act <act>', 'this act alone, such as sending.paused')
    .option('--json', 'print JSON, one object a line')
    .action(
      async ({
        study,
        since,
        act,
        json,
      }: {
        study?: string;
        since?: string;
        act?: string;
        json?: boolean;
      }) => {
        const from = since === undefined ? null : new Date(since);
        if (from && Number.isNaN(from.getTime())) {
          out.line('--since must be an instant such as 2026-03-01T09:00:00Z');
          return out.end(EXIT.usage);
        }
        if (act !== undefined && !isAuditAct(act)) throw UnknownAct({ act, acts: Object.keys(AUDIT_ACTS) });
        const filter = { studyId: study ?? null, since: from, act: act ?? null };
        await inApp(async (services) => {
          const db = services(DataSource);
          for (let page = await entriesAfter(db, 0, PAGE, filter); page.length > 0;) {
            for (const entry of page)
              if (json) out.json({ ...entry, detail: detailOf(entry.detail) });
              else out.line(lineOf(entry));
            page = await entriesAfter(db, page.at(-1)?.nr ?? 0, PAGE, filter);
          }
        });
      },
    );

  audit
    .command('export-head')
    .description('sign the head of the log as it is now: kept elsewhere, it proves what stood before it')
    .option('--out <file>', 'append it to this file; left out: print it')
    .action(async ({ out: file }: { out?: string }) => {
      await inApp(async (services) => {
        const heads = services(AuditHeadService);
        if (file === undefined) return out.json(await heads.signed());
        const { nr } = await heads.export(file);
        out.line(`The head of entry ${nr} was appended to ${file}.`);
      });
    });

  audit
    .command('key')
    .description('print the public key that heads are checked with; keep it where you keep the heads')
    .action(async () => {
      await inApp((services) => Promise.resolve(out.line(services(AuditHeadService).publicKey())));
    });
};

function lineOf(entry: ChainedEntry): string {
  const { nr, at, act, actorKind, actorId, studyId, subjectKind, subjectId } = entry;
  const detail = Object.entries(detailOf(entry.detail)).map(([name, value]) => `${name} ${String(value)}`);
  return [
    String(nr).padStart(6),
    at,
    act,
    `by ${[actorKind, actorId ?? ''].join(' ').trimEnd()}`,
    studyId ?? '',
    subjectKind ? `${subjectKind} ${subjectId ?? ''}` : '',
    detail.join(', '),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function* linesOf({
  intact,
  entries,
  heads,
  revisions,
  erased,
  appendOnly,
  findings,
}: AuditVerdict): Generator<string> {
  for (const { words } of findings) yield words;
  const gone = erased === 0 ? '' : ` (and ${erased} of people who were erased)`;
  const read = `${entries} entries, ${revisions} sealed revisions of answers${gone}, ${heads} signed heads`;
  const first = findings.find(({ nr }) => nr !== null)?.nr;
  yield intact
    ? `The log is intact: ${read}.`
    : `The log is NOT intact${first === undefined ? '' : `; the first bad entry is ${first}`}: ${read}.`;
  if (heads === 0) yield 'Without signed heads (--heads) a tail that was cut off with care is not seen.';
  if (!appendOnly)
    yield 'The log is only tamper-evident, not append-only: the application’s role owns it. Set DATABASE_OWNER_URL (see .env.example).';
}
