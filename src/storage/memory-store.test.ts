import { createMemoryStore } from './memory-store.ts';
import { runStoreCases } from './store.cases.ts';

runStoreCases({ name: 'memory store', create: async (options) => createMemoryStore(options) });
