/** Commands in the order in which they are typed: what one makes, later ones find. */
import type { Case } from './case.ts';
import { access } from './cases/access.ts';
import { batch } from './cases/batch.ts';
import { changes } from './cases/changes.ts';
import { configuration } from './cases/configuration.ts';
import { customResources } from './cases/custom-resources.ts';
import { deployments } from './cases/deployments.ts';
import { discovery } from './cases/discovery.ts';
import { explaining } from './cases/explaining.ts';
import { networking } from './cases/networking.ts';
import { nodes } from './cases/nodes.ts';
import { policies } from './cases/policies.ts';
import { printing } from './cases/printing.ts';
import { services } from './cases/services.ts';
import { storage } from './cases/storage.ts';

/** Each runs in a cluster of its own. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  workloads: [...deployments, ...services, ...changes, ...batch, ...networking, ...nodes],
  settings: [...configuration, ...access, ...policies, ...storage, ...customResources, ...explaining, ...printing, ...discovery],
};
