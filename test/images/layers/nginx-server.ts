/** nginx, laid out as its makers' own image has it: port 80, /usr/share/nginx/html, logs to the container's output. */
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';
import { text } from './base-system.ts';

export const nginxPackages = ['nginx', 'nginx-common'];

const configuration = `user nginx;
worker_processes 1;
error_log /var/log/nginx/error.log warn;
pid /var/run/nginx.pid;
events {
  worker_connections 1024;
}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log combined;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}`;

const site = `server {
  listen 80;
  location / {
    root /usr/share/nginx/html;
    index index.html index.htm;
  }
}`;

const welcome = '<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body><h1>Welcome to nginx!</h1></body>\n</html>';

export function nginxServer(debian: DebianRoot): TarEntry[] {
  return [
    ...debian.program('usr/sbin/nginx'),
    debian.file('etc/nginx/mime.types'),
    text('etc/nginx/nginx.conf', [configuration]),
    text('etc/nginx/conf.d/default.conf', [site]),
    text('usr/share/nginx/html/index.html', [welcome]),
    { name: 'var/lib/nginx/', type: 'folder' },
    { name: 'var/cache/nginx/', type: 'folder' },
    { name: 'var/log/nginx/access.log', type: 'symlink', target: '/dev/stdout' },
    { name: 'var/log/nginx/error.log', type: 'symlink', target: '/dev/stderr' },
  ];
}
