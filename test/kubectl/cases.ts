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

export const cases: readonly Case[] = [...deployments, ...services, ...configuration, ...changes, ...batch, ...access, ...policies, ...networking, ...storage, ...customResources, ...explaining, ...printing, ...nodes, ...discovery];
