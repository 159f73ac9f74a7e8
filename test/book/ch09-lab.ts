/** The lab of chapter 9: two versions side by side, and a Service that goes to one of them. */

const release = (color: string, version: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: vweb-${color}
  labels:
    kiamol: ch09-lab
spec:
  replicas: 4
  selector:
    matchLabels:
      app: vweb
      color: ${color}
  template:
    metadata:
      labels:
        app: vweb
        color: ${color}
    spec:
      containers:
        - name: web
          image: kiamol/ch09-vweb:${version}
          ports:
            - name: http
              containerPort: 80
`;

export const releases = `${release('blue', 'v1')}---\n${release('green', 'v2')}`;

export const serviceTo = (color: string): string => `apiVersion: v1
kind: Service
metadata:
  name: vweb
  labels:
    kiamol: ch09-lab
spec:
  ports:
    - port: 8090
      targetPort: http
  selector:
    app: vweb
    color: ${color}
  type: LoadBalancer
`;
