import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { systemClock } from './clock.ts';
import { endProcess, findProcesses, identify, isAlive, signalProcess, type ProcessIdentity } from './process-identity.ts';

/** A process that says when it is ready, so that its handlers are in place. */
async function start(program: string): Promise<{ readonly child: ChildProcess; readonly identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ['-e', `${program}; console.log('ready'); setInterval(() => {}, 1000)`, 'identity-test'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout ?? child, 'data');
  const identity = identify(child.pid ?? 0);
  assert.ok(identity);
  return { child, identity };
}

describe('process identity', () => {
  it('tells a process from a later one with the same id', () => {
    const own = identify(process.pid);
    assert.ok(own && isAlive(own));
    const earlier = { ...own, start: `${own.start}1` };
    assert.equal(isAlive(earlier), false);
    assert.equal(signalProcess(earlier, 'SIGKILL'), false);
  });

  it('ends a process politely, and is found by its arguments until then', { skip: process.platform !== 'linux' }, async () => {
    const { child, identity } = await start("process.on('SIGTERM', () => process.exit(7))");
    const ended = once(child, 'exit');
    assert.deepEqual(findProcesses((args) => args.at(-1) === 'identity-test'), [identity]);
    assert.equal(await endProcess(identity, 60_000, systemClock), true);
    assert.deepEqual(await ended, [7, null]);
    assert.deepEqual(findProcesses((args) => args.at(-1) === 'identity-test'), []);
  });

  it('insists when asking does not help', async () => {
    const { child, identity } = await start("process.on('SIGTERM', () => {})");
    const ended = once(child, 'exit');
    assert.equal(await endProcess(identity, 0, systemClock), true);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  });
});
