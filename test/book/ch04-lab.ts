/** The lab of chapter 4, in words of our own: a database, and a page for it that takes its settings from a ConfigMap and a Secret. */

export const postgres = `apiVersion: v1
kind: Secret
metadata: { name: ch04-lab-db-secret }
type: Opaque
stringData: { POSTGRES_PASSWORD: "kiamol-2*2*" }
---
apiVersion: v1
kind: Service
metadata: { name: ch04-lab-db }
spec: { ports: [{ port: 5432 }], selector: { app: ch04-lab-db } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ch04-lab-db }
spec:
  selector: { matchLabels: { app: ch04-lab-db } }
  template:
    metadata: { labels: { app: ch04-lab-db } }
    spec:
      containers:
        - name: db
          image: postgres:11.6-alpine
          envFrom: [{ secretRef: { name: ch04-lab-db-secret } }]
`;

export const adminer = `apiVersion: v1
kind: Service
metadata: { name: adminer }
spec: { type: LoadBalancer, ports: [{ port: 8082, targetPort: 8080 }], selector: { app: adminer } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: adminer }
spec:
  selector: { matchLabels: { app: adminer } }
  template:
    metadata: { labels: { app: adminer } }
    spec:
      containers:
        - name: adminer
          image: adminer:4.7-standalone
          args: [php, -S, "0.0.0.0:8080", -t, /var/www/html]
          env:
            - { name: ADMINER_DESIGN, valueFrom: { configMapKeyRef: { name: adminer-config, key: ADMINER_DESIGN } } }
            - { name: ADMINER_DEFAULT_SERVER, valueFrom: { secretKeyRef: { name: adminer-secret, key: ADMINER_DEFAULT_SERVER } } }
`;
