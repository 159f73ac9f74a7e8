/**
 * Token Secrets: a Secret of type kubernetes.io/service-account-token is filled with a token that does not end, and goes when its
 * account goes. Where asked for, every ServiceAccount gets such a Secret, as it did before v1.24.
 * Upstream: pkg/controller/serviceaccount/tokens_controller.go
 */
import { createHash } from 'node:crypto';
import { draft, objectKey } from '../../apimachinery/object.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import { secrets } from '../../resources/core/secret.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import type { Secret, ServiceAccount } from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory } from '../runtime/controller.ts';

export interface ServiceAccountTokenOptions {
  sign(namespace: string, account: { readonly name: string; readonly uid: string }, secret: string): string;
  /** The cluster's CA certificates as PEM text. */
  readonly caBundle: () => string;
  /** Whether accounts get a Secret by themselves. */
  readonly makeSecrets: boolean;
}

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';
const byAccount = 'service-account-token/account';

const accountOf = ({ metadata }: Secret): string => `${metadata.namespace ?? ''}/${metadata.annotations?.[nameAnnotation] ?? ''}`;
const isTokenSecret = (secret: Secret): boolean => secret.type === tokenType && secret.metadata.annotations?.[nameAnnotation] !== undefined;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const serviceAccountTokenController = (options: ServiceAccountTokenOptions): ControllerFactory => (context) => {
  const accounts = context.informers.of(serviceAccounts);
  const tokenSecrets = context.informers.of(secrets, { fieldSelector: `type=${tokenType}` }).addIndex(byAccount, (secret) => (isTokenSecret(secret) ? [accountOf(secret)] : []));
  const controller = new Controller(context, {
    name: 'service-account-token',
    async reconcile(key) {
      const account = accounts.get(key);
      const own = tokenSecrets.byIndex(byAccount, key);
      if (!account || account.metadata.deletionTimestamp !== undefined) {
        await Promise.all(own.map((secret) => removeSecret(secret, context)));
        return;
      }
      for (const secret of own) await fill(secret, account, options, context);
      if (options.makeSecrets) await give(account, own, context);
    },
  });
  controller.watch(accounts);
  const enqueue = (secret: Secret): void => {
    if (isTokenSecret(secret)) controller.queue.add(accountOf(secret));
  };
  tokenSecrets.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  return running(controller);
};

/** Only what is missing or belongs to an account that had the name before. */
async function fill(secret: Secret, account: ServiceAccount, options: ServiceAccountTokenOptions, context: ControllerContext): Promise<void> {
  const { name = '', namespace = '' } = secret.metadata;
  const uid = account.metadata.uid ?? '';
  const claimed = secret.metadata.annotations?.[uidAnnotation];
  if (claimed !== undefined && claimed !== uid) return removeSecret(secret, context);
  const ca = base64(options.caBundle());
  if (claimed === uid && secret.data?.['token'] !== undefined && secret.data['ca.crt'] === ca && secret.data['namespace'] !== undefined) return;
  const next = draft(secret);
  const token = secret.data?.['token'] ?? base64(options.sign(namespace, { name: account.metadata.name ?? '', uid }, name));
  next.metadata.annotations = { ...next.metadata.annotations, [uidAnnotation]: uid };
  next.data = { ...next.data, token, 'ca.crt': ca, namespace: base64(namespace) };
  await context.client.of(secrets).namespace(namespace).update(next);
}

/** The name follows from the account, so that asking twice makes one. */
async function give(account: ServiceAccount, own: readonly Secret[], context: ControllerContext): Promise<void> {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const secretName = `${name}-token-${createHash('sha256').update(uid).digest('hex').slice(0, 5)}`;
  const listed = (account.secrets ?? []).map((reference) => reference.name);
  if (own.length === 0) {
    try {
      await context.client.of(secrets).namespace(namespace).create({ metadata: { name: secretName, namespace, annotations: { [nameAnnotation]: name, [uidAnnotation]: uid } }, type: tokenType });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
  if (listed.includes(secretName) || own.some((secret) => listed.includes(secret.metadata.name))) return;
  const next = draft(account);
  next.secrets = [...(next.secrets ?? []), { name: own[0]?.metadata.name ?? secretName }];
  await context.client.of(serviceAccounts).namespace(namespace).update(next);
}

async function removeSecret(secret: Secret, { client, logger }: ControllerContext): Promise<void> {
  logger.info('removing the token of an account that is gone', { secret: objectKey(secret) });
  await client.of(secrets).namespace(secret.metadata.namespace).delete(secret.metadata.name ?? '', { preconditions: { uid: secret.metadata.uid } });
}
