/**
 * Bundles the sources into dist/: the command line (cli.js), the library (index.js), the launcher and one file for each worker thread.
 * Needs esbuild and the runtime packages, nothing else. The result needs no node_modules.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';
import { buildRecordName, findSources, hashSources, statSignature, type BuildRecord } from './build-record.ts';

const root = path.resolve(import.meta.dirname, '..');

/** `new URL('./x-worker.ts', import.meta.url)`: a program that runs in a thread of its own. */
const workerReference = /new URL\(\s*'([^']*\/)?([a-z0-9-]+-worker)\.ts'\s*,\s*import\.meta\.url\s*\)/g;

/** Every bundle lies flat in dist/, so a worker is found beside whatever starts it. */
const workerUrls: Plugin = {
  name: 'worker-urls',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      return { loader: 'ts', contents: text.replace(workerReference, (_whole, _folder, name: string) => `new URL('./${name}.js', import.meta.url)`) };
    });
  },
};

/**
 * An import of one of Node's own modules as an ES module reads every name that it exports, and some of them load more: WebSocket of
 * node:http all of fetch, others the web's cryptography or the debugger's reports, 50 ms of every start. Taken as an object, only what is
 * used is read.
 */
const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path: name }) => ({ path: name, namespace: 'builtin-object' }));
    build.onLoad({ filter: /./, namespace: 'builtin-object' }, ({ path: name }) => ({ loader: 'js', contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});` }));
  },
};

/** Packages that came as CommonJS call `require` for Node's own modules. */
const requireForPackages = "import { createRequire as k8tsCreateRequire } from 'node:module'; const require = k8tsCreateRequire(import.meta.url);";

function findWorkers(sources: readonly string[]): Record<string, string> {
  const workers: Record<string, string> = {};
  for (const source of sources.filter((name) => name.startsWith('src/'))) {
    for (const [, folder = './', name = ''] of readFileSync(path.join(root, source), 'utf8').matchAll(workerReference)) {
      const file = path.join(path.dirname(source), folder, `${name}.ts`);
      if (workers[name] !== undefined && workers[name] !== file) throw new Error(`two workers are called ${name}: ${workers[name]} and ${file}`);
      workers[name] = file;
    }
  }
  return workers;
}

async function bundleInto(directory: string, sources: readonly string[]): Promise<Metafile> {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const result = await bundle({
    absWorkingDir: root,
    outdir: directory,
    entryPoints: { cli: 'src/cli/main.ts', index: 'src/cluster/index.ts', launch: 'tools/launch.ts', ...findWorkers(sources) },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'external',
    metafile: true,
    logLevel: 'warning',
    chunkNames: 'chunk-[hash]',
    // Optional native parts of ws, which does without them.
    external: ['bufferutil', 'utf-8-validate', 'esbuild'],
    define: { K8TS_VERSION: JSON.stringify(version) },
    banner: { js: requireForPackages },
    plugins: [workerUrls, builtinsAsObjects],
  });
  return result.metafile;
}

/** What a program that imports only the library must not load. */
const notInLibrary = [/\/commander\//, /\/@grpc\//, /sqlite-connection/];

function checkLibrary(metafile: Metafile): void {
  const outputs = new Map(Object.entries(metafile.outputs).map(([file, output]) => [path.basename(file), output]));
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { path: imported, kind } of outputs.get(file)?.imports ?? []) if (kind === 'import-statement') follow(path.basename(imported));
  };
  follow('index.js');
  for (const file of reached) {
    for (const input of Object.keys(outputs.get(file)?.inputs ?? {})) {
      if (notInLibrary.some((pattern) => pattern.test(input))) throw new Error(`the library would load ${input}: import it where it is used`);
    }
  }
}

/** Builds everything anew and puts it in place of what was there. */
export async function build(): Promise<void> {
  const sources = findSources(root);
  const record: BuildRecord = { signature: statSignature(root, sources), hash: hashSources(root, sources) };
  const fresh = path.join(root, '.cache', `build-${process.pid}`);
  const old = path.join(root, '.cache', `old-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  try {
    checkLibrary(await bundleInto(fresh, sources));
    writeFileSync(path.join(fresh, 'package.json'), '{"type":"module"}\n');
    writeFileSync(path.join(fresh, buildRecordName), JSON.stringify(record));
    const dist = path.join(root, 'dist');
    try {
      renameSync(dist, old);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  try {
    await build();
  } catch (error) {
    // The bundler has written its own errors by now.
    process.stderr.write(`k8ts: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}\n`);
    process.exitCode = 1;
  }
}
