/** curl and jq for the image that sleeps, and an `apk` for scripts that would install what is already here. */
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';
import { text } from './base-system.ts';

export const sleepPackages = ['curl', 'jq'];

export function sleepTools(debian: DebianRoot): TarEntry[] {
  return [...debian.program('usr/bin/curl'), ...debian.program('usr/bin/jq'), text('usr/sbin/apk', ['#!/bin/sh', 'exit 0'], 0o755)];
}

/** Sleeps until told to end; as process 1 it has to listen for TERM itself. */
export const sleepCommand = ['/bin/sh', '-c', 'trap : TERM INT; (while true; do sleep 1000; done) & wait'];
