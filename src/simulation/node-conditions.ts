/** The conditions of a simulated node that is well, without their times. */
export interface SimulatedNodeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const condition = (type: string, status: string, reason: string, message: string): SimulatedNodeCondition => ({ type, status, reason, message });

export const nodeConditions: readonly SimulatedNodeCondition[] = [
  condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
  condition('NetworkUnavailable', 'False', 'RouteCreated', 'RouteController created a route'),
];
