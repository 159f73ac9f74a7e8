/** A small image with this machine's static busybox (package busybox-static), for tests with real containers. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buildOciArchive, imageArchitecture, type ImageRecipe } from '../../src/kubelet/images/oci-archive.ts';
import type { TarEntry } from '../../src/kubelet/images/tar.ts';

const program = '/bin/busybox';
export const busyboxName = 'docker.io/library/busybox:test';

/** All of busybox's commands, /etc/passwd with root and nobody, /tmp; runs `sh`. */
export function busyboxImage(recipe: Partial<ImageRecipe> = {}): Buffer {
  const names = execFileSync(program, ['--list'], { encoding: 'utf8' }).split('\n').filter((name) => name !== '' && name !== 'busybox');
  const folders: TarEntry[] = ['bin', 'etc', 'tmp', 'root', 'var', 'home'].map((name) => ({ name: `${name}/`, type: 'folder', mode: name === 'tmp' ? 0o1777 : 0o755 }));
  return buildOciArchive({
    names: [busyboxName],
    architecture: imageArchitecture(process.arch),
    layers: [[
      ...folders,
      { name: 'bin/busybox', mode: 0o755, content: readFileSync(program) },
      ...names.map((name): TarEntry => ({ name: `bin/${name}`, type: 'symlink', target: 'busybox' })),
      { name: 'etc/passwd', content: Buffer.from('root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n') },
      { name: 'etc/group', content: Buffer.from('root:x:0:\nnogroup:x:65534:\n') },
    ]],
    command: ['sh'],
    env: ['PATH=/bin'],
    ...recipe,
  });
}
