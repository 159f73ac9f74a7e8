/** The lab of chapter 5, in words of our own: a proxy that cannot make its cache, and an application that forgets; and both with claims. */

const nginxConfiguration = `    user nginx;
    events {}
    http {
      proxy_cache_path /data/nginx/cache levels=1:2 keys_zone=STATIC:10m inactive=24h max_size=1g;
      server {
        listen 80;
        location / {
          proxy_pass http://todo-web;
          proxy_cache STATIC;
          proxy_cache_valid 200 1s;
          add_header X-Cache $upstream_cache_status;
        }
      }
    }`;

const services = `apiVersion: v1
kind: ConfigMap
metadata: { name: todo-proxy-config }
data:
  nginx.conf: |-
${nginxConfiguration}
---
apiVersion: v1
kind: Service
metadata: { name: todo-proxy }
spec: { type: LoadBalancer, ports: [{ port: 8082, targetPort: 80 }], selector: { app: todo-proxy } }
---
apiVersion: v1
kind: Service
metadata: { name: todo-web }
spec: { ports: [{ port: 80 }], selector: { app: todo-web } }
`;

interface Mount {
  readonly claim: string;
  readonly path: string;
}

const deployments = (cache?: Mount, data?: Mount): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: todo-proxy }
spec:
  selector: { matchLabels: { app: todo-proxy } }
  template:
    metadata: { labels: { app: todo-proxy } }
    spec:
      containers:
        - name: nginx
          image: nginx:1.17-alpine
          volumeMounts:
            - { name: config, mountPath: /etc/nginx/, readOnly: true }
${mount(cache)}      volumes:
        - { name: config, configMap: { name: todo-proxy-config } }
${volume(cache)}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: todo-web }
spec:
  selector: { matchLabels: { app: todo-web } }
  template:
    metadata: { labels: { app: todo-web } }
    spec:
      containers:
        - name: web
          image: kiamol/ch04-todo-list
          env:
            - { name: ConnectionStrings__ToDoDb, value: Filename=/database/todo.db }
          volumeMounts:
            - { name: settings, mountPath: /app/config }
${mount(data)}      volumes:
        - { name: settings, emptyDir: {} }
${volume(data)}`;

const mount = (from: Mount | undefined): string => (from ? `            - { name: ${from.claim}, mountPath: ${from.path} }\n` : '');
const volume = (from: Mount | undefined): string => (from ? `        - { name: ${from.claim}, persistentVolumeClaim: { claimName: ${from.claim} } }\n` : '');

const claim = (name: string, size: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
---
`;

/** nginx makes the last folder of its cache's path only, and SQLite none at all. */
export const todoBroken = `${services}---\n${deployments()}`;

export const todoSolution = `${claim('todo-cache', '100Mi')}${claim('todo-data', '200Mi')}${deployments({ claim: 'todo-cache', path: '/data/nginx/cache' }, { claim: 'todo-data', path: '/database' })}`;
