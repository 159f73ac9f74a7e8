/**
 * The simplest HTTPS server that Node allows: what is left of the machine's and the load's own limits. Run by bare-alone.ts; writes a
 * kubeconfig that leads to it to the file named, and says so.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createKubeconfig, formatKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { issueClient, issueServer, temporaryPki } from '../../src/cluster/pki-state.ts';

/** About as large as a Pod that was just made, with who owns what. */
const body = Buffer.alloc(4000, 'x');
const [, , file = ''] = process.argv;
const pki = temporaryPki();
const { certPem, keyPem } = issueServer(pki, { hostName: 'localhost', addresses: ['127.0.0.1'] });
const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  writeFileSync(file, formatKubeconfig(createKubeconfig({ name: 'bare', server: `https://127.0.0.1:${port}`, authorityPem: pki.authority.certPem, client: issueClient(pki, 'bench', []) })), { mode: 0o600 });
  console.log('ready');
});
