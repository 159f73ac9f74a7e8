import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContainerState } from '../cri/messages.ts';
import { neverRan } from './runtime-pod.ts';

const failedStart = (message: string): Parameters<typeof neverRan>[0] => ({ state: ContainerState.EXITED, startedAt: 0, reason: 'StartError', message });

describe('a container that could not be started', () => {
  // As containerd 1.6 words them.
  for (const message of [
    'failed to create containerd task: failed to start shim: start failed: : signal: killed: unknown',
    'failed to create containerd task: failed to create shim task: context canceled: unknown',
    'failed to create containerd task: failed to create shim task: ttrpc: closed: unknown',
  ]) it(`was never tried: ${message}`, () => assert.equal(neverRan(failedStart(message)), true));

  it('has been tried where its own program was at fault', () => {
    const message = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: exec: "nothing": executable file not found in $PATH: unknown';
    assert.equal(neverRan(failedStart(message)), false);
  });

  it('has run where it once started', () => {
    assert.equal(neverRan({ state: ContainerState.EXITED, startedAt: 1, reason: 'Error', message: '' }), false);
    assert.equal(neverRan({ state: ContainerState.UNKNOWN, startedAt: 0, reason: '', message: '' }), true);
  });
});
