/** Installs what tests need of the distribution, on machines where that can be done. Tests say themselves what they lack elsewhere. */
import { hasApt, installPackages } from '../src/cli/install/apt.ts';
import { findProgram, missingPrograms } from '../src/cli/install/programs.ts';
import { messageOf } from '../src/base/errors.ts';

const forTests = [
  { name: 'busybox', package: 'busybox-static' },
  { name: 'docker-registry', package: 'docker-registry' },
  { name: 'dpkg-deb', package: 'dpkg' },
  { name: 'curl', package: 'curl' },
  { name: 'pgrep', package: 'procps' },
];

/** What was done or could not be, one line each. */
export async function installTestPrograms(): Promise<string[]> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !hasApt()) return [];
  const missing = [...missingPrograms({ node: true }), ...forTests.filter((program) => findProgram(program) === undefined)];
  const packages = [...new Set(missing.map((program) => program.package))];
  if (packages.length === 0) return [];
  try {
    const installed = await installPackages(packages);
    return [`installed ${installed.join(', ')}`];
  } catch (error) {
    return [`could not install ${packages.join(', ')}: ${messageOf(error)}`];
  }
}
