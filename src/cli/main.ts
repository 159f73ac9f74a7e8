/** The k8ts program. Loads as little as it can: each command brings its own parts (program.ts). */
import { enableCompileCache } from 'node:module';
import { compileCacheDirectory } from './compile-cache.ts';

// Sources that run as they are leave nothing behind.
const cache = import.meta.filename.endsWith('.js') ? compileCacheDirectory(import.meta.dirname) : undefined;
if (cache !== undefined) enableCompileCache(cache);

const { run } = await import('./program.ts');
// Nothing that a command has left open may keep the process: what it had to close is closed.
process.exit(await run(process.argv.slice(2)));
