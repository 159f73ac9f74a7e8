/** The smallest site there is, for tests that need something behind a Service. */

/**
 * A manifest of the Pod `web`, which logs `started` and answers every GET of `/` with the line `says`, and of the Service `web` before it,
 * port 80. The Pod ends a second after it is told to.
 */
export function webPodAndService(says: string, serviceType: 'ClusterIP' | 'NodePort' = 'ClusterIP'): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: web
      image: busybox:test
      imagePullPolicy: Never
      command: [sh, -c, 'echo started; echo ${says} > /tmp/index.html; exec httpd -f -p 80 -h /tmp']
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: ${serviceType}, selector: { app: web }, ports: [{ port: 80 }] }
`;
}
