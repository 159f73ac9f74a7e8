/** This program's version; the bundler puts the number in. */
declare const K8TS_VERSION: string | undefined;

export const programVersion: string = typeof K8TS_VERSION === 'undefined' ? 'development' : K8TS_VERSION;
