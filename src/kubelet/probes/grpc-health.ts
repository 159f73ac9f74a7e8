/** The standard health question of gRPC servers (grpc.health.v1). */
import { Client, credentials, status as codes } from '@grpc/grpc-js';
import type { Clock } from '../../base/clock.ts';
import { decode, encode, type Tables } from '../cri/wire.ts';

const tables: Tables = { Request: [[1, 'service', 'string']], Response: [[1, 'status', 'int']] };
const serving = 1;
const names = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

export interface HealthAnswer {
  readonly healthy: boolean;
  readonly message: string;
}

export function grpcHealth(address: string, service: string, timeoutMs: number, clock: Clock): Promise<HealthAnswer> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 });
  return new Promise((resolve) => {
    client.makeUnaryRequest<object, { status: number }>(
      '/grpc.health.v1.Health/Check', (request) => encode(tables, 'Request', request), (data) => decode(tables, 'Response', data),
      { service }, { deadline: new Date(clock.now() + timeoutMs) },
      (error, answer) => {
        client.close();
        if (error) resolve({ healthy: false, message: grpcFailure(error.code, error.details, address, service) });
        else if (answer?.status === serving) resolve({ healthy: true, message: 'service healthy' });
        else resolve({ healthy: false, message: `service unhealthy (responded with "${names[answer?.status ?? 0] ?? 'UNKNOWN'}")` });
      },
    );
  });
}

function grpcFailure(code: number, details: string, address: string, service: string): string {
  if (code === codes.UNIMPLEMENTED) return `this server does not implement the grpc health protocol (grpc.health.v1.Health): ${details}`;
  if (code === codes.DEADLINE_EXCEEDED) return `timeout: health rpc did not complete within the probe's timeout`;
  if (code === codes.UNAVAILABLE) return `timeout: failed to connect service "${address}" within the probe's timeout: ${details}`;
  return `error: health rpc for service "${service}" failed: ${details}`;
}
