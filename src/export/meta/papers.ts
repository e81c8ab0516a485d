import { citation } from './citation.js';
import { codebookHtml } from './codebook-html.js';
import { codebookJson } from './codebook-json.js';
import { dataPackage, type FileFacts } from './data-package.js';
import { ddiCodebook } from './ddi.js';
import { fetchPy } from './fetch-py.js';
import { fetchR, mainFileOf } from './fetch-r.js';
import { type IsThere, type ReleaseDescription } from './release-description.js';
import { setupDo } from './setup-do.js';
import { setupPy } from './setup-py.js';
import { setupR } from './setup-r.js';
import { setupSps } from './setup-sps.js';

/** A paper of a release: what is read beside the data, in pieces. */
export interface Paper {
  file: string;
  content: Iterable<string>;
}

/** All that travels with the data of a release. @param factsOf  what the files of data are that were written */
export function papersOf(release: ReleaseDescription, factsOf: FileFacts): Paper[] {
  const fetched = { ...release, file: mainFileOf(release) };
  const isThere: IsThere = (file) => factsOf(file) !== undefined;
  return [
    { file: 'codebook.json', content: codebookJson(release) },
    { file: 'codebook.html', content: codebookHtml(release) },
    { file: 'codebook.xml', content: ddiCodebook(release) },
    { file: 'datapackage.json', content: [dataPackage(release, factsOf)] },
    { file: 'setup.do', content: setupDo(release, isThere) },
    { file: 'setup.R', content: setupR(release) },
    { file: 'setup.sps', content: setupSps(release, isThere) },
    { file: 'setup.py', content: setupPy(release) },
    { file: 'onward.R', content: [fetchR(fetched)] },
    { file: 'onward.py', content: [fetchPy(fetched)] },
    { file: 'CITATION.cff', content: [citation(release)] },
  ];
}
