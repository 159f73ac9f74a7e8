/** The lab of chapter 12: a node's processors shared out between namespaces by quotas. Amounts are in thousandths of a processor. */

const labels = 'kiamol: ch12-lab';

/** So many Pods may be in each namespace; all together they would take the whole node. */
export const places = { 'pi-dev': 4, 'pi-test': 4, 'pi-uat': 8 } as const;

export const parts = Object.values(places).reduce((sum, count) => sum + count, 0);

/** The namespaces and their quotas, when a Pod takes `each`. */
export const sharedNode = (each: number): string => Object.entries(places).map(([name, count]) => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { ${labels} } }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: cpu, namespace: ${name}, labels: { ${labels} } }
spec:
  hard: { limits.cpu: ${count * each}m }
`).join('---\n');

/** Four Pods in whichever namespace it is made; their requests are what their limits are. */
export const piWeb = (each: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: pi-web, labels: { ${labels} } }
spec:
  replicas: 4
  selector: { matchLabels: { app: pi-web } }
  template:
    metadata: { labels: { app: pi-web } }
    spec:
      containers:
        - name: web
          image: kiamol/ch05-pi
          command: [dotnet, Pi.Web.dll, -m, web]
          resources: { limits: { cpu: ${each}m } }
`;

/** A quantity of processors in thousandths. */
export const millicores = (quantity: string): number => (quantity.endsWith('m') ? parseInt(quantity, 10) : Number(quantity) * 1000);
