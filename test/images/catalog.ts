/** The images of the book's exercises under their real names, each a small program with the behaviour the exercises rely on. */
import type { TarEntry } from '../../src/kubelet/images/tar.ts';
import { basePackages, baseSystem, text } from './layers/base-system.ts';
import { nginxPackages, nginxServer } from './layers/nginx-server.ts';
import { python, pythonPackages, pythonProgram } from './layers/python.ts';
import { sleepCommand, sleepPackages, sleepTools } from './layers/sleep-tools.ts';
import type { DebianRoot } from './debian-root.ts';
import type { ImageSettings } from './registry-storage.ts';

export interface ImageDescription {
  readonly names: readonly string[];
  /** From the bottom up; a layer that several images share is one function. */
  readonly layers: readonly ((debian: DebianRoot) => readonly TarEntry[])[];
  readonly settings: ImageSettings;
}

export const packages = [...basePackages, ...nginxPackages, ...pythonPackages, ...sleepPackages];

const helloPage = (): TarEntry[] => [
  text('usr/share/nginx/html/index.html', [
    '<html>', '  <body>', '    <h1>', '      Hello from Chapter 2!', '    </h1>', '    <div>', '      This page comes from a container in a Pod.', '    </div>', '  </body>', '</html>',
  ]),
];

const nginx: ImageSettings = { command: ['nginx', '-g', 'daemon off;'], stopSignal: 'SIGQUIT', ports: ['80/tcp'] };

const webModule = (): TarEntry[] => [pythonProgram('web.py')];

/** An application of one Python file on port 80. */
function application(names: readonly string[], program: string, env: readonly string[] = []): ImageDescription {
  return {
    names,
    layers: [baseSystem, python, webModule, () => [pythonProgram(program)]],
    settings: { entrypoint: ['python3', '-E', `/app/${program}`], workingDir: '/app', env, ports: ['80/tcp'] },
  };
}

export const catalog: readonly ImageDescription[] = [
  { names: ['nginx:1.17-alpine', 'nginx:alpine', 'nginx:latest'], layers: [baseSystem, nginxServer], settings: nginx },
  { names: ['kiamol/ch02-hello-kiamol:latest'], layers: [baseSystem, nginxServer, helloPage], settings: nginx },
  { names: ['kiamol/ch03-sleep:latest'], layers: [baseSystem, sleepTools], settings: { command: sleepCommand } },
  application(['kiamol/ch02-whoami:latest'], 'whoami.py'),
  application(['kiamol/ch03-numbers-api:latest'], 'numbers_api.py'),
  application(['kiamol/ch03-numbers-web:latest', 'kiamol/ch03-numbers-web:v1'], 'numbers_web.py'),
  application(['kiamol/ch03-numbers-web:v2'], 'numbers_web.py', ['Style=body { background: darkblue; color: white }']),
];
