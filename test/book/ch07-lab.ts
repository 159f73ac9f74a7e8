/** The lab of chapter 7, in words of our own: a start script that the image lacks, and containers that bring it. */

const labels = 'kiamol: ch07-lab';

/** Its start is a script that is not in the image. */
export const piBroken = `apiVersion: v1
kind: Service
metadata: { name: pi-web, labels: { ${labels} } }
spec:
  type: LoadBalancer
  ports: [{ name: http, port: 8070, targetPort: 80 }, { name: version, port: 8071, targetPort: 8080 }]
  selector: { app: pi-web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pi-web, labels: { ${labels} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: pi-web } }
  template:
    metadata: { labels: { app: pi-web } }
    spec:
      containers:
        - { name: web, image: kiamol/ch05-pi, command: [/scripts/startup.sh], ports: [{ name: http, containerPort: 80 }] }
`;

/** Three init containers one after another, the application started from its own folder, and a server of the version beside it. */
export const piSolution = `apiVersion: apps/v1
kind: Deployment
metadata: { name: pi-web, labels: { ${labels} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: pi-web } }
  template:
    metadata: { labels: { app: pi-web } }
    spec:
      initContainers:
        - name: init-script
          image: kiamol/ch03-sleep
          command: [sh, -c, "printf '#!/bin/sh\\ndotnet Pi.Web.dll -m web\\n' > /init/startup.sh"]
          volumeMounts: [{ name: init, mountPath: /init }]
        - name: init-mode
          image: kiamol/ch03-sleep
          command: [chmod, +x, /init/startup.sh]
          volumeMounts: [{ name: init, mountPath: /init }]
        - name: init-version
          image: kiamol/ch03-sleep
          command: [sh, -c, "echo 'ch07-lab' > /init/version.txt"]
          volumeMounts: [{ name: init, mountPath: /init }]
      containers:
        - name: web
          image: kiamol/ch05-pi
          command: [/init/startup.sh]
          ports: [{ name: http, containerPort: 80 }]
          volumeMounts: [{ name: init, mountPath: /init }]
        - name: server
          image: kiamol/ch03-sleep
          command:
            - sh
            - -c
            - |
              while true; do { printf 'HTTP/1.1 200 OK\\nContent-Type: text/plain\\nContent-Length: 9\\n\\n'; cat /init/version.txt; } | nc -l -p 8080; done
          ports: [{ name: http, containerPort: 8080 }]
          volumeMounts: [{ name: init, mountPath: /init, readOnly: true }]
      volumes: [{ name: init, emptyDir: {} }]
`;
