/** The lab of chapter 6, in words of our own: an application of old controllers that does not work, and what it is to become. */

const labels = 'kiamol: ch06-lab';

const services = `apiVersion: v1
kind: Service
metadata: { name: numbers-api, labels: { ${labels} } }
spec: { ports: [{ port: 80 }], selector: { app: numbers-api } }
---
apiVersion: v1
kind: Service
metadata: { name: numbers-web, labels: { ${labels} } }
spec: { type: LoadBalancer, ports: [{ port: 8086, targetPort: 80 }], selector: { app: numbers-web } }
`;

const template = (name: string, more = ''): string => `metadata: { labels: { app: numbers-${name}, ${labels} } }
    spec: { containers: [{ name: ${name}, image: kiamol/ch03-numbers-${name} }]${more} }`;

/** The API's Pod lacks the label that its Service selects. */
export const numbersBroken = `${services}---
apiVersion: v1
kind: Pod
metadata: { name: numbers-api, labels: { ${labels} } }
spec: { containers: [{ name: api, image: kiamol/ch03-numbers-api }] }
---
apiVersion: v1
kind: ReplicationController
metadata: { name: numbers-web, labels: { ${labels} } }
spec:
  replicas: 2
  selector: { app: numbers-web }
  template:
    ${template('web')}
`;

export const numbersSolution = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: numbers-api, labels: { ${labels} } }
spec:
  selector: { matchLabels: { app: numbers-api } }
  template:
    ${template('api', ', nodeSelector: { rng: hw }')}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: numbers-web, labels: { ${labels} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: numbers-web } }
  template:
    ${template('web')}
`;
