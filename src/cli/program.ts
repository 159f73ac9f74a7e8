/** The command line: names, flags and help of every command. What a command does is loaded when it is called. */
import { Command, CommanderError, Option } from 'commander';
import { report } from './failure.ts';
import { instanceOptions, type RawOptions } from './instance-options.ts';
import { addNodeCommands } from './node-commands.ts';
import { addRows, readRows, type Flags } from './read-options.ts';
import { programVersion } from './version.ts';

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
  addLifecycle(program, setExitCode);
  addInspection(program, setExitCode);
  addNodeCommands(program, setExitCode);
  return program;
}

type SetExitCode = (code: number) => void;
const dataDirFlag = (): Option => new Option('--data-dir <DIR>', 'the instance (default: /var/lib/k8ts)');
const outputFlag = (): Option => new Option('-o, --output <FORMAT>', 'how the answer looks').choices(['text', 'json']).default('text');
const text = (flags: Flags, name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

function addInspection(program: Command, setExitCode: SetExitCode): void {
  program.command('status').description('show whether the cluster runs, and where').addOption(dataDirFlag()).addOption(outputFlag()).action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/status.ts')).status({ dataDir: text(flags, 'dataDir'), json: flags['output'] === 'json' }));
  });
  program.command('logs').description("show the background server's log").addOption(dataDirFlag()).option('-f, --follow', 'go on as it grows').option('--tail <N>', "how many lines, or 'all'", '200').action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/logs.ts')).logs({ dataDir: text(flags, 'dataDir'), follow: flags['follow'] === true, tail: text(flags, 'tail') ?? '200' }));
  });
  program.command('check').description('show what this machine lacks, and the fix').addOption(dataDirFlag()).addOption(outputFlag()).action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/check.ts')).check({ dataDir: text(flags, 'dataDir'), json: flags['output'] === 'json' }));
  });
  program.command('kubeconfig').description('print a kubeconfig, for the administrator or a new user').addOption(dataDirFlag()).option('--user <NAME>', 'make a certificate for this user').option('--group <NAME>', 'a group of that user; may be repeated', collect, []).action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/kubeconfig.ts')).kubeconfig({ dataDir: text(flags, 'dataDir'), user: text(flags, 'user'), groups: flags['group'] as string[] }));
  });
  program.command('version').description('show the versions of program and API').addOption(outputFlag()).action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/version.ts')).version(flags['output'] === 'json'));
  });
  program.command('completion').description('print a completion script').argument('<shell>', 'bash or zsh').action(async (shell: string) => {
    setExitCode(await (await import('./commands/completion.ts')).completion(shell, program));
  });
}

function addLifecycle(program: Command, setExitCode: SetExitCode): void {
  addInstanceOptions(program.command('up').description('start a cluster in the background and wait until it is ready')).action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/up.ts')).up(await readOptions(flags)));
  });
  program.command('down').description('end the cluster and its containers').addOption(dataDirFlag()).option('--purge', 'also delete everything it kept').action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/down.ts')).down({ dataDir: text(flags, 'dataDir'), purge: flags['purge'] === true }));
  });
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

const addInstanceOptions = (command: Command): Command => addRows(command, instanceOptions);
const readOptions = (flags: Flags): Promise<RawOptions> => readRows(instanceOptions, flags);
