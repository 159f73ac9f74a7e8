/** The k8ts program. Loads as little as it can: each command brings its own parts (program.ts). */
import { enableCompileCache } from 'node:module';
import { compileCacheDirectory } from './compile-cache.ts';

// Sources that run as they are leave nothing behind.
const cache = import.meta.filename.endsWith('.js') ? compileCacheDirectory(import.meta.dirname) : undefined;
if (cache !== undefined) enableCompileCache(cache);

const { run } = await import('./program.ts');
const args = process.argv.slice(2);
process.exitCode = await run(args);
// A server that has closed all it had ends now: no timer that somebody forgot may keep it.
if (args[0] === 'server') process.exit();
