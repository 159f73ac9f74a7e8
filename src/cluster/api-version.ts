/** The Kubernetes release whose API is served. */
export const apiVersion = 'v1.36.0';
