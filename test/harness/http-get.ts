/** One GET over a connection of its own, as each visitor of a Service makes one; as tolerant of line ends as browsers are. Answers the body; rejects after five seconds. */
import { get } from 'node:http';

export function httpGet(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 5000, insecureHTTPParser: true }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => resolve(body)).on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`))).on('error', reject);
  });
}
