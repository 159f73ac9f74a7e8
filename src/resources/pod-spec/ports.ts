/**
 * Validation of container ports.
 * Upstream: pkg/apis/core/validation/validation.go (validateContainerPorts)
 */
import { duplicate, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor, oneOf, Unique } from '../validation/fields.ts';
import { checkPortName, checkPortNumber } from '../validation/names.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

export function validateContainerPorts(ports: readonly corev1.ContainerPort[], path: FieldPath): FieldError[] {
  const names = new Unique();
  return ports.flatMap((port, i) => {
    const at = path.index(i);
    const errors: FieldError[] = [];
    if (port.name) {
      const wrong = invalidFor(at.child('name'), port.name, checkPortName(port.name));
      errors.push(...(wrong.length > 0 ? wrong : names.check(at.child('name'), port.name)));
    }
    if (!port.containerPort) errors.push(required(at.child('containerPort')));
    else errors.push(...invalidFor(at.child('containerPort'), port.containerPort, checkPortNumber(port.containerPort)));
    if (port.hostPort) errors.push(...invalidFor(at.child('hostPort'), port.hostPort, checkPortNumber(port.hostPort)));
    return [...errors, ...oneOf(at.child('protocol'), port.protocol, protocols)];
  });
}

/** No two ports of a Pod's containers may take the same port of the host. `path` names the containers. */
export function validateHostPorts(containers: readonly corev1.Container[], path: FieldPath): FieldError[] {
  const taken = new Set<string>();
  if (!containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort) === true)) return [];
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, j) => {
      if (!port.hostPort) return [];
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) return [duplicate(path.index(i).child('ports').index(j).child('hostPort'), key)];
      taken.add(key);
      return [];
    }),
  );
}

/** On the host's network a container's port is the host's port. A template may leave it open: its Pods get it when they are made. */
export function validateHostNetworkPorts(containers: readonly corev1.Container[], path: FieldPath, isPod: boolean): FieldError[] {
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) =>
      hostPort === containerPort || (hostPort === 0 && !isPod) ? [] : [invalid(path.index(i).child('ports').index(j).child('hostPort'), hostPort, 'must match `containerPort` when `hostNetwork` is true')],
    ),
  );
}
