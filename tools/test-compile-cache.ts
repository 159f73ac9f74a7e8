/**
 * Loaded before the tests of each runner, and in the threads they start: what V8 made of the sources, and what the types were stripped to,
 * is kept for the next. Not said by an environment variable, so that the programs that tests start are as users have them.
 */
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { compileCacheDirectory } from '../src/cli/compile-cache.ts';

enableCompileCache(compileCacheDirectory(path.resolve(import.meta.dirname, '..')));
