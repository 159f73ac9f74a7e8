/** The layer below all images: the C library, busybox with all its commands, users, and the usual folders. */
import { execFileSync } from 'node:child_process';
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';

export const basePackages = ['busybox-static', 'coreutils', 'libc6', 'sysvinit-utils'];

const users = [
  'root:x:0:0:root:/root:/bin/sh', 'postgres:x:70:70::/var/lib/postgresql:/bin/sh', 'nginx:x:101:101:nginx:/var/cache/nginx:/sbin/nologin', 'nobody:x:65534:65534:nobody:/:/sbin/nologin',
];
const groups = ['root:x:0:', 'tty:x:5:', 'postgres:x:70:', 'nginx:x:101:', 'nogroup:x:65534:'];

export function baseSystem(debian: DebianRoot): TarEntry[] {
  const busybox = 'usr/bin/busybox';
  const applets = execFileSync(debian.locate(busybox), ['--list'], { encoding: 'utf8' }).split('\n').filter((name) => name !== '' && name !== 'busybox');
  return [
    ...['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'etc', 'root', 'run', 'var/log', 'var/lib', 'var/cache', 'home', 'proc', 'sys', 'dev'].map((name): TarEntry => ({ name: `${name}/`, type: 'folder' })),
    ...['tmp', 'var/tmp'].map((name): TarEntry => ({ name: `${name}/`, type: 'folder', mode: 0o1777 })),
    ...['bin', 'sbin', 'lib', 'lib64'].map((name): TarEntry => ({ name, type: 'symlink', target: `usr/${name}` })),
    { name: 'var/run', type: 'symlink', target: '/run' },
    debian.file(busybox),
    ...applets.map((name): TarEntry => ({ name: `usr/bin/${name}`, type: 'symlink', target: 'busybox' })),
    ...debian.program('usr/bin/printenv'),
    ...debian.program('usr/sbin/killall5'),
    debian.file('usr/lib64/ld-linux-x86-64.so.2'),
    text('etc/passwd', users),
    text('etc/group', groups),
    text('etc/nsswitch.conf', ['hosts: files dns']),
  ];
}

/** A text file of an image. */
export function text(name: string, lines: readonly string[], mode?: number): TarEntry {
  return { name, content: Buffer.from(lines.map((line) => `${line}\n`).join('')), mode };
}
