/** The images of the book's exercises under their real names, each a small program with the behaviour the exercises rely on. */
import type { TarEntry } from '../../src/kubelet/images/tar.ts';
import { basePackages, baseSystem, text } from './layers/base-system.ts';
import { postgresPackages, postgresServer } from './layers/postgres-server.ts';
import { nginxPackages, nginxServer } from './layers/nginx-server.ts';
import { python, pythonPackages, pythonProgram } from './layers/python.ts';
import { memoryStress, stressCommand, stressPackages } from './layers/memory-stress.ts';
import { sleepCommand, sleepPackages, sleepTools } from './layers/sleep-tools.ts';
import type { DebianRoot } from './debian-root.ts';
import type { ImageSettings } from './registry-storage.ts';

export interface ImageDescription {
  readonly names: readonly string[];
  /** From the bottom up; a layer that several images share is one function. */
  readonly layers: readonly ((debian: DebianRoot) => readonly TarEntry[])[];
  readonly settings: ImageSettings;
}

export const packages = [...basePackages, ...nginxPackages, ...postgresPackages, ...pythonPackages, ...sleepPackages, ...stressPackages];

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

const todoModules = (): TarEntry[] => [
  ...['settings.py', 'postgres.py', 'todo_store.py'].map((name) => pythonProgram(name)),
  pythonProgram('todo_list.py', 'ToDoList.py'),
  text('app/appsettings.json', ['{ "Logging": { "LogLevel": { "Default": "Error" } }, "AllowedHosts": "*", "Database": { "Provider": "Sqlite" } }']),
];

/** Its program is named relative to its folder: a mount over the folder takes the program away. */
const todoList: ImageDescription = {
  names: ['kiamol/ch04-todo-list:latest'],
  layers: [baseSystem, python, webModule, todoModules],
  settings: {
    entrypoint: ['python3', '-E', 'ToDoList.py'], workingDir: '/app', volumes: ['/data'], ports: ['80/tcp'],
    env: ['ConfigController__Enabled=false', 'ConnectionStrings__ToDoDb=Filename=/data/todo-list.db', 'Logging__LogLevel__Default=Error'],
  },
};

const pi: ImageDescription = {
  names: ['kiamol/ch05-pi:latest'],
  layers: [baseSystem, python, webModule, () => [
    pythonProgram('pi.py'),
    text('app/Pi.Web.dll', ['The program is pi.py; `dotnet` finds it.']),
    text('usr/bin/dotnet', ['#!/bin/sh', '# Runs the stand-in of an application that is started by the name of its assembly.', 'shift', 'exec python3 -E /app/pi.py "$@"'], 0o755),
  ]],
  settings: { entrypoint: ['dotnet', 'Pi.Web.dll'], command: ['-m', 'console', '-dp', '6'], workingDir: '/app', ports: ['80/tcp'] },
};

const adminer: ImageDescription = {
  names: ['adminer:4.7-standalone'],
  layers: [baseSystem, python, webModule, () => [
    pythonProgram('postgres.py'), pythonProgram('adminer.py'),
    text('usr/local/bin/docker-php-entrypoint', ['#!/bin/sh', 'exec "$@"'], 0o755),
    text('usr/local/bin/php', ['#!/bin/sh', 'exec python3 -E /app/adminer.py "$@"'], 0o755),
  ]],
  settings: { entrypoint: ['docker-php-entrypoint'], command: ['php', '-S', '[::]:8080', '-t', '/var/www/html'], ports: ['8080/tcp'] },
};

const timecheck = application(['kiamol/ch07-timecheck:latest'], 'timecheck.py');
const timecheckFiles = (): TarEntry[] => [
  text('config/appsettings.json', ['{ "Application": { "Version": "1.0", "Environment": "DEV" }, "Timer": { "IntervalSeconds": "5" } }']),
  { name: 'logs/', type: 'folder' },
];

/** One server under several versions' names: the images differ, as those of two releases do, in what they say they stand for. */
function postgres(...names: readonly string[]): ImageDescription {
  return {
    names,
    layers: [baseSystem, postgresServer],
    settings: {
      entrypoint: ['docker-entrypoint.sh'], command: ['postgres', '-c', 'listen_addresses=*', '-c', 'unix_socket_directories=/run/postgresql'],
      env: ['PGDATA=/var/lib/postgresql/data', 'PAGER=more', `STANDS_FOR=${names[0]}`], volumes: ['/var/lib/postgresql/data'], stopSignal: 'SIGINT', ports: ['5432/tcp'],
    },
  };
}

/** A web site that says its version, on its page and in a file without a line's end. */
const versionedSite = (version: string): ImageDescription => ({
  names: [`kiamol/ch09-vweb:${version}`],
  layers: [baseSystem, nginxServer, () => [
    text('usr/share/nginx/html/index.html', ['<html>', '  <body>', `    <h1>${version}</h1>`, '  </body>', '</html>']),
    { name: 'usr/share/nginx/html/v.txt', content: Buffer.from(version) },
  ]],
  settings: nginx,
});

const memoryAllocator: ImageDescription = {
  names: ['kiamol/ch12-memory-allocator:latest'],
  layers: [baseSystem, python, () => [pythonProgram('memory_allocator.py')]],
  settings: { entrypoint: ['python3', '-E', '/app/memory_allocator.py'] },
};

export const catalog: readonly ImageDescription[] = [
  { names: ['nginx:1.17-alpine', 'nginx:alpine', 'nginx:latest'], layers: [baseSystem, nginxServer], settings: nginx },
  { names: ['kiamol/ch02-hello-kiamol:latest'], layers: [baseSystem, nginxServer, helloPage], settings: nginx },
  { names: ['kiamol/ch03-sleep:latest'], layers: [baseSystem, sleepTools], settings: { command: sleepCommand } },
  application(['kiamol/ch02-whoami:latest'], 'whoami.py'),
  application(['kiamol/ch03-numbers-api:latest'], 'numbers_api.py'),
  application(['kiamol/ch03-numbers-web:latest', 'kiamol/ch03-numbers-web:v1'], 'numbers_web.py'),
  application(['kiamol/ch03-numbers-web:v2'], 'numbers_web.py', ['Style=body { background: darkblue; color: white }']),
  todoList,
  pi,
  adminer,
  { ...timecheck, layers: [...timecheck.layers, timecheckFiles], settings: { ...timecheck.settings, ports: [] } },
  application(['kiamol/ch07-simple-proxy:latest'], 'simple_proxy.py'),
  postgres('postgres:11.6-alpine', 'postgres:latest'),
  postgres('postgres:11.8-alpine'),
  { names: ['nginx:1.18-alpine'], layers: [baseSystem, nginxServer], settings: { ...nginx, env: ['STANDS_FOR=nginx:1.18-alpine'] } },
  versionedSite('v1'),
  versionedSite('v2'),
  { names: ['kiamol/ch09-vweb:v3'], layers: [baseSystem], settings: { command: ['/bin/sh', '-c', 'this-will-fail'] } },
  memoryAllocator,
  { names: ['kiamol/ch19-stress:latest'], layers: [baseSystem, memoryStress], settings: { command: stressCommand, env: ['MEMORY_STRESS_MB=100'] } },
];
