/** The outcome of a command as it goes over the error stream: a metav1.Status since protocol 4, a sentence before. */
import type { RemoteOutcome } from './remote-session.ts';

/** Upstream: k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go */
export function encodeOutcome(outcome: RemoteOutcome): string {
  if ('error' in outcome) {
    return JSON.stringify({
      metadata: {}, status: 'Failure', message: `Internal error occurred: ${outcome.error}`, reason: 'InternalError', details: { causes: [{ message: outcome.error }] }, code: 500,
    });
  }
  if (outcome.exitCode === 0) return JSON.stringify({ metadata: {}, status: 'Success' });
  return JSON.stringify({
    metadata: {}, status: 'Failure', message: plainOutcome(outcome), reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(outcome.exitCode) }] },
  });
}

/** Nothing at all stands for success. */
export function plainOutcome(outcome: RemoteOutcome): string {
  if ('error' in outcome) return outcome.error;
  return outcome.exitCode === 0 ? '' : `command terminated with non-zero exit code: exit status ${outcome.exitCode}`;
}

interface StatusLike {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** Reads what came over an error stream of any version. */
export function decodeOutcome(text: string): RemoteOutcome {
  if (text.trim() === '') return { exitCode: 0 };
  let status: StatusLike;
  try {
    status = JSON.parse(text) as StatusLike;
  } catch {
    return decodePlain(text);
  }
  if (status.status === 'Success') return { exitCode: 0 };
  if (status.reason === 'NonZeroExitCode') {
    const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
    const exitCode = Number(cause?.message);
    if (Number.isInteger(exitCode)) return { exitCode };
  }
  return { error: status.message ?? 'unknown error' };
}

function decodePlain(text: string): RemoteOutcome {
  const code = /exit (?:status|code) (\d+)\s*$/.exec(text)?.[1];
  return code === undefined ? { error: text.trim() } : { exitCode: Number(code) };
}
