import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppArmorProfile, Pod } from '../../resources/types/core-v1.ts';
import { SecurityProfileProfileType } from '../cri/messages.ts';
import { beyondRuntime } from '../node/runtime-features.ts';
import { appArmorForRuntime, appArmorOf } from './app-armor.ts';

const annotation = 'container.apparmor.security.beta.kubernetes.io/web';
const pod = (own?: AppArmorProfile, ofPod?: AppArmorProfile, annotated?: string): Pod => ({
  metadata: { name: 'p', ...(annotated === undefined ? {} : { annotations: { [annotation]: annotated } }) },
  spec: { ...(ofPod ? { securityContext: { appArmorProfile: ofPod } } : {}), containers: [{ name: 'web', ...(own ? { securityContext: { appArmorProfile: own } } : {}) }] },
});
const [runtimeDefault, unconfined, local]: readonly AppArmorProfile[] = [{ type: 'RuntimeDefault' }, { type: 'Unconfined' }, { type: 'Localhost', localhostProfile: 'strict' }];
const features = { strictGroups: true, recursiveReadOnly: new Set<string>(), appArmor: false };

const cases: readonly [title: string, pod: Pod, profile: AppArmorProfile | undefined, refused: boolean][] = [
  ['nothing said', pod(), undefined, false],
  ['of the Pod', pod(undefined, runtimeDefault), runtimeDefault, true],
  ['the container over its Pod', pod(unconfined, runtimeDefault), unconfined, false],
  ['a profile of the host', pod(local), local, true],
  ['by annotation', pod(undefined, undefined, 'localhost/strict'), local, true],
  ['the runtime’s by annotation', pod(undefined, undefined, 'runtime/default'), runtimeDefault, true],
  ['none by annotation', pod(undefined, runtimeDefault, 'unconfined'), unconfined, false],
  ['the field over the annotation', pod(unconfined, undefined, 'runtime/default'), unconfined, false],
];
for (const [title, given, profile, refused] of cases) {
  test(`AppArmor: ${title}`, () => {
    const [container] = given.spec?.containers ?? [];
    assert.ok(container);
    assert.deepEqual(appArmorOf(given, container), profile);
    assert.equal(beyondRuntime(given, features)?.reason, refused ? 'AppArmor' : undefined);
    assert.equal(beyondRuntime(given, { ...features, appArmor: true }), undefined);
  });
}

test('AppArmor as the runtime is told', () => {
  assert.deepEqual([runtimeDefault, unconfined, local].map((one) => one && appArmorForRuntime(one)), [
    { profileType: SecurityProfileProfileType.RuntimeDefault }, { profileType: SecurityProfileProfileType.Unconfined }, { profileType: SecurityProfileProfileType.Localhost, localhostRef: 'strict' },
  ]);
});
