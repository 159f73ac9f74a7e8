/** The lab of chapter 8: web servers that keep their logs in claims of their own, and a Job that reads them all. */

const servers = 3;

/** Its Service has the clients; the one that names its Pods does not exist. */
export const webServers = `apiVersion: v1
kind: Service
metadata:
  name: nginx
  labels:
    kiamol: ch08-lab
spec:
  ports:
    - port: 8088
      targetPort: 80
  selector:
    app: nginx
  type: LoadBalancer
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: nginx
  labels:
    kiamol: ch08-lab
spec:
  selector:
    matchLabels:
      app: nginx
  serviceName: nginx-nowhere
  replicas: ${servers}
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
        - name: nginx
          image: nginx:1.17-alpine
          volumeMounts:
            - name: logs
              mountPath: /var/log/nginx
  volumeClaimTemplates:
    - metadata:
        name: logs
        labels:
          kiamol: ch08-lab
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 5Mi
`;

const each = (line: (index: number) => string): string => Array.from({ length: servers }, (_, index) => line(index)).join('\n');

export const diskJob = `apiVersion: batch/v1
kind: Job
metadata:
  name: disk-calc
  labels:
    kiamol: ch08-lab
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: disk
          image: kiamol/ch03-sleep
          command: ['sh', '-c', 'du -h /nginx*/access.log']
          volumeMounts:
${each((index) => `            - name: logs-${index}\n              mountPath: /nginx${index}`)}
      volumes:
${each((index) => `        - name: logs-${index}\n          persistentVolumeClaim:\n            claimName: logs-nginx-${index}`)}
`;
