/** The command line: names, flags and help of every command. What a command does is loaded when it is called. */
import { Command, CommanderError, Option } from 'commander';
import { report } from './failure.ts';
import { instanceOptions, type RawOptions } from './instance-options.ts';
import { programVersion } from './version.ts';

type Flags = Readonly<Record<string, unknown>>;

/** Runs one command line and returns the exit code: 0, 1 (it failed) or 2 (it was asked wrongly). */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { tellStarter } = await import('./progress.ts');
    const { explain } = await import('./failure.ts');
    tellStarter({ type: 'failed', ...explain(error) });
    return report(error);
  }
}

export function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('k8ts');
  program
    .description('Kubernetes in TypeScript: a cluster with one command')
    .version(programVersion, '-V, --version', 'show the version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`k8ts: ${text.replace(/^error: /, '')}`) })
    .showHelpAfterError('(k8ts --help lists commands and flags)')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: false });
  const ends = (action: () => Promise<number>) => async (): Promise<void> => setExitCode(await action());
  addLifecycle(program, setExitCode);
  program
    .command('version')
    .description('show the versions of program and API')
    .addOption(new Option('-o, --output <FORMAT>').choices(['text', 'json']).default('text'))
    .action((flags: Flags) => ends(async () => (await import('./commands/version.ts')).version(flags['output'] === 'json'))());
  return program;
}

function addLifecycle(program: Command, setExitCode: (code: number) => void): void {
  const server = addInstanceOptions(program.command('server').description('run a cluster in the foreground'))
    .addOption(new Option('--log-format <FORMAT>', 'how log lines look').choices(['text', 'json']).default('text'))
    .addOption(new Option('--log-level <LEVEL>', 'the least level that is logged').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addOption(new Option('--background').hideHelp())
    .addHelpText('after', '\nThe path of the admin kubeconfig goes to stdout when the cluster is ready. With --no-node --datastore memory and no\n--data-dir, everything lives in a folder of its own that is deleted at the end, and no other kubeconfig is touched.');
  server.action(async (flags: Flags) => {
    const command = await import('./commands/server.ts');
    setExitCode(
      await command.server({
        raw: await readOptions(flags),
        logFormat: flags['logFormat'] === 'json' ? 'json' : 'text',
        logLevel: flags['logLevel'] as 'info',
        background: flags['background'] === true,
      }),
    );
  });
}

function addInstanceOptions(command: Command): Command {
  for (const { name, value, help, fallback } of instanceOptions) {
    const preset = fallback && fallback() !== '' && name !== 'node-name' ? ` (default: ${fallback()})` : '';
    command.option(value === undefined ? `--${name}` : `--${name} <${value}>`, `${help}${preset}`);
  }
  return command.option('--config <FILE>', 'read these options from a YAML file, under the same names; flags win');
}

/** The options as text: flags first, then the configuration file. */
async function readOptions(flags: Flags): Promise<RawOptions> {
  const given: Record<string, string> = {};
  for (const { name, value } of instanceOptions) {
    if (name === 'no-node') {
      if (flags['node'] === false) given[name] = 'true';
      continue;
    }
    const text = flags[name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())];
    if (value === undefined && text === true) given[name] = 'true';
    else if (typeof text === 'string') given[name] = text;
  }
  const file = flags['config'];
  if (typeof file !== 'string') return given;
  const { readConfigFile } = await import('./config-file.ts');
  return { ...readConfigFile(file), ...given };
}

