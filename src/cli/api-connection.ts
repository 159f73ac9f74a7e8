/** A plain HTTPS client for the few questions that commands ask a running server, as its administrator. */
import { request } from 'node:https';
import { readKubeconfig } from '../cluster/kubeconfig.ts';

export interface ApiConnection {
  /** The status and body of GET `path`; rejects when nobody answers within `timeoutMs`. */
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

interface Access {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Throws when the file does not name a cluster with an embedded client certificate. */
export function connectWith(kubeconfigFile: string, timeoutMs = 3000): ApiConnection {
  const access = accessFrom(readKubeconfig(kubeconfigFile));
  return {
    get: (path) =>
      new Promise((resolve, reject) => {
        const call = request(new URL(path, access.server), { ca: access.ca, cert: access.cert, key: access.key, agent: false, timeout: timeoutMs }, (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (text: string) => (body += text));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
          response.on('error', reject);
        });
        call.on('timeout', () => call.destroy(new Error(`${access.server} does not answer`)));
        call.on('error', reject);
        call.end();
      }),
  };
}

type Entries = readonly { readonly cluster?: Record<string, string>; readonly user?: Record<string, string> }[] | undefined;

function accessFrom(config: Record<string, unknown>): Access {
  const cluster = (config['clusters'] as Entries)?.[0]?.cluster ?? {};
  const user = (config['users'] as Entries)?.[0]?.user ?? {};
  const decode = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  return {
    server: cluster['server'] ?? '',
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  };
}
