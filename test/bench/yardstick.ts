/**
 * What Debian's etcd does on this machine at this moment, as a measure of the machine: figures of different days compare as ratios to it.
 * It is asked through its JSON gateway by a client as plain as the load's own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/network/testing/free-port.ts';
import { debianRoot } from '../images/debian-root.ts';

/** Operations a second. */
export interface Yardstick {
  readonly put: number;
  readonly range: number;
}

const clients = 32;
const keys = 3000;
/** As large as a Pod that was just made, bytes. */
const valueSize = 1500;

/** Undefined where there is no etcd to be had. */
export async function measureYardstick(folder: string): Promise<Yardstick | undefined> {
  const program = findEtcd();
  if (program === undefined) return undefined;
  const [port, peerPort] = [await freePort(), await freePort()];
  const peer = `http://127.0.0.1:${peerPort}`;
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--data-dir', path.join(folder, 'etcd'), '--listen-client-urls', url, '--advertise-client-urls', url, '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`, '--log-level', 'error'];
  const etcd = spawn(program, flags, { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const ask = (what: string, body: object): Promise<number> => post(agent, port, `/v3/kv/${what}`, body);
  try {
    while ((await ask('range', { key: keyOf(0) }).catch(() => 0)) !== 200) {
      if (etcd.exitCode !== null) throw new Error(`etcd ended with ${etcd.exitCode}`);
      await sleep(50);
    }
    const value = Buffer.alloc(valueSize, 'x').toString('base64');
    const put = await rate((i) => ask('put', { key: keyOf(i), value }));
    const range = await rate((i) => ask('range', { key: keyOf(i) }));
    return { put, range };
  } finally {
    agent.destroy();
    if (etcd.exitCode === null) {
      const ended = once(etcd, 'close');
      etcd.kill('SIGTERM');
      await ended;
    }
  }
}

function findEtcd(): string | undefined {
  try {
    return debianRoot(['etcd-server']).locate('usr/bin/etcd');
  } catch {
    return undefined; // not Debian, or without a network
  }
}

const keyOf = (i: number): string => Buffer.from(`/registry/bench/p${i}`).toString('base64');

async function rate(act: (index: number) => Promise<number>): Promise<number> {
  let next = 0;
  const start = performance.now();
  const client = async (): Promise<void> => {
    while (next < keys) {
      const status = await act(next++);
      if (status !== 200) throw new Error(`etcd answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (keys * 1000) / (performance.now() - start);
}

function post(agent: Agent, port: number, path: string, body: object): Promise<number> {
  const data = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const call = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': data.length } }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0)).resume();
    });
    call.on('error', reject);
    call.end(data);
  });
}
