/** PostgreSQL as user 70, its data in /var/lib/postgresql/data, started by an entrypoint that reads the password as root. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';
import { text } from './base-system.ts';

export const postgresPackages = ['postgresql-15', 'bash', 'libc-bin', 'tzdata'];

const programs = 'usr/lib/postgresql/15';
const unused = /bitcode|llvmjit|pgxs|\/bin\/(?!initdb|postgres$|pg_basebackup|pg_ctl|pg_dump$|pg_isready|psql)|\.mo$|man\/|\/extension\/(?!plpgsql)|15\/lib\/(?!plpgsql|libpqwalreceiver|dict_snowball|utf8_and|euc|cyrillic)|tsearch_data\/.*\.(affix|dict|syn|ths|rules)\.sample/;

export function postgresServer(debian: DebianRoot): TarEntry[] {
  const files = debian.tree(programs, unused);
  const libraries = files.filter(({ name, type }) => type === undefined && (name.includes('/bin/') || name.endsWith('.so'))).flatMap(({ name }) => debian.libraries(name));
  const entrypoint = readFileSync(path.join(import.meta.dirname, '../programs/postgres-entrypoint.sh'), 'utf8');
  return [
    ...files,
    ...libraries,
    ...debian.program('usr/bin/bash'),
    ...american(debian),
    debian.file('usr/share/zoneinfo/Etc/UTC', 'usr/share/zoneinfo/UTC'),
    ...debian.tree('usr/share/postgresql/15', unused),
    ...files.filter(({ name }) => name.startsWith(`${programs}/bin/`)).map(({ name }): TarEntry => ({ name: `usr/bin/${path.basename(name)}`, type: 'symlink', target: `/${name}` })),
    text('usr/local/bin/docker-entrypoint.sh', [entrypoint], 0o755),
    { name: 'docker-entrypoint.sh', type: 'symlink', target: 'usr/local/bin/docker-entrypoint.sh' },
    { name: 'docker-entrypoint-initdb.d/', type: 'folder' },
    { name: 'var/lib/postgresql/', type: 'folder', uid: 70, gid: 70 },
    { name: 'var/lib/postgresql/data/', type: 'folder', mode: 0o700, uid: 70, gid: 70 },
  ];
}

/** Configurations name the locale en_US.utf8, which the makers' image takes without having it; here it is the neutral one. */
function american(debian: DebianRoot): TarEntry[] {
  const neutral = 'usr/lib/locale/C.utf8';
  return debian.tree(neutral).map((entry) => ({ ...entry, name: entry.name.replace(neutral, 'usr/lib/locale/en_US.utf8') }));
}
