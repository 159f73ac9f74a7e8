import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { ImageService } from '../cri/runtime-service.ts';
import { ImagePuller, type ImageAnswer } from './image-puller.ts';

const container = { name: 'main', image: 'nowhere/nothing' };
const pod: Pod = { metadata: { name: 'p', namespace: 'd', uid: 'u' }, spec: { containers: [container] } };

test('a pull that fails is an error for a moment, then a back-off, then tried again', async () => {
  const clock = new SteppedClock();
  const events: string[] = [];
  const woken = new EventEmitter();
  const images = { imageStatus: () => Promise.resolve(undefined), pullImage: () => Promise.reject(new Error('no such image')) } as unknown as ImageService;
  const puller = new ImagePuller({ images, clock, objects: { secret: () => Promise.resolve(undefined) }, events: { event: (_, type, reason, message) => void events.push(`${type} ${reason} ${message}`) } });
  const ask = (): Promise<ImageAnswer> => puller.image({ pod, container, fieldPath: '', wake: () => woken.emit('awake') });

  const ended = once(woken, 'awake');
  assert.deepEqual(await ask(), { state: 'pulling' });
  await ended;
  assert.deepEqual(await ask(), { state: 'failed', reason: 'ErrImagePull', message: 'no such image', retryMs: 1000 });
  assert.deepEqual(events.splice(0), ['Normal Pulling Pulling image "nowhere/nothing"', 'Warning Failed Failed to pull image "nowhere/nothing": no such image', 'Warning Failed Error: ErrImagePull']);
  await clock.advance(1000);
  assert.deepEqual(await ask(), { state: 'failed', reason: 'ImagePullBackOff', message: 'Back-off pulling image "nowhere/nothing": ErrImagePull: no such image', retryMs: 9000 });
  assert.deepEqual(events.splice(0), ['Normal BackOff Back-off pulling image "nowhere/nothing"', 'Warning Failed Error: ImagePullBackOff']);
  await clock.advance(9000);
  assert.deepEqual(await ask(), { state: 'pulling' });
});

test('a pull that succeeds is told under the full name', async () => {
  const present = { id: 'sha256:1', repoTags: [], repoDigests: [], size: 1 };
  let has = false;
  const pullImage = async (): Promise<string> => ((has = true), 'sha256:1');
  const images = { imageStatus: () => Promise.resolve(has ? present : undefined), pullImage } as unknown as ImageService;
  const pulled: string[] = [];
  const puller = new ImagePuller({ images, clock: new SteppedClock(), objects: { secret: () => Promise.resolve(undefined) }, events: { event: () => undefined }, pulled: (name) => void pulled.push(name) });
  await new Promise<void>((wake, reject) => puller.image({ pod, container: { name: 'main', image: 'site' }, fieldPath: '', wake }).catch(reject));
  assert.deepEqual(pulled, ['docker.io/library/site:latest']);
});

test('pulls wait for their turn, and not for registries that never answer', async () => {
  const clock = new SteppedClock();
  const asked: string[] = [];
  const images = { imageStatus: () => Promise.resolve(undefined), pullImage: (image: string) => (asked.push(image), new Promise<string>(() => undefined)) } as unknown as ImageService;
  const puller = new ImagePuller({ images, clock, objects: { secret: () => Promise.resolve(undefined) }, events: { event: () => undefined }, parallel: 2 });
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await puller.image({ pod, container: { name, image: `slow.example/${name}:1` }, fieldPath: '', wake: () => undefined });
  await clock.advance(29_000);
  assert.deepEqual(asked, ['slow.example/a:1', 'slow.example/b:1']);
  await clock.advance(1000);
  assert.deepEqual(asked, ['a', 'b', 'c', 'd'].map((name) => `slow.example/${name}:1`));
  await clock.advance(30_000);
  assert.equal(asked.length, 5);
});
