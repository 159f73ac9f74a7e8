/** The commands about an instance's images and containers: their names, flags and help. */
import { Option, type Command } from 'commander';
import { agentOptions } from './agent-options.ts';
import { addRows, readRows, type Flags } from './read-options.ts';

type SetExitCode = (code: number) => void;

const dataDirFlag = (): Option => new Option('--data-dir <DIR>', 'the instance (default: /var/lib/k8ts)');
const outputFlag = (): Option => new Option('-o, --output <FORMAT>', 'how the answer looks').choices(['text', 'json']).default('text');
const dataDir = (flags: Flags): string | undefined => (typeof flags['dataDir'] === 'string' ? flags['dataDir'] : undefined);
const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

export function addNodeCommands(program: Command, setExitCode: SetExitCode): void {
  addImage(program, setExitCode);
  addContainers(program, setExitCode);
  addAgent(program, setExitCode);
  program.enablePositionalOptions();
  program.command('ctr').description("hand over to ctr, on the instance's own containerd").addOption(dataDirFlag()).argument('[ARG...]', "ctr's own arguments").passThroughOptions().allowUnknownOption().action(async (args: string[], flags: Flags) => {
    setExitCode(await (await import('./commands/ctr.ts')).ctr({ dataDir: dataDir(flags), args }));
  });
}

function addAgent(program: Command, setExitCode: SetExitCode): void {
  const command = program.command('agent').description('run a node in the foreground, for a cluster whose server runs elsewhere');
  addRows(command, agentOptions).action(async (flags: Flags) => {
    const { agent } = await import('./commands/agent.ts');
    setExitCode(await agent(await readRows(agentOptions, flags)));
  });
}

function addImage(program: Command, setExitCode: SetExitCode): void {
  const image = program.command('image').description("the node's images");
  image.command('import').description('bring in image archives (docker save, OCI layouts), gzipped or not').addOption(dataDirFlag()).argument('<FILE...>', 'archives; - reads standard input').action(async (files: string[], flags: Flags) => {
    setExitCode(await (await import('./commands/image.ts')).importImages({ dataDir: dataDir(flags), files }));
  });
  image.command('ls').alias('list').description('list them').addOption(dataDirFlag()).addOption(outputFlag()).option('-q, --quiet', 'ids only').action(async (flags: Flags) => {
    setExitCode(await (await import('./commands/image.ts')).listImages({ dataDir: dataDir(flags), json: flags['output'] === 'json', quiet: flags['quiet'] === true }));
  });
}

function addContainers(program: Command, setExitCode: SetExitCode): void {
  const containers = program.command('containers').alias('container').description("the node's containers, as the runtime has them");
  containers
    .command('ls').alias('list').description('list those that run').addOption(dataDirFlag()).addOption(outputFlag())
    .option('-a, --all', 'also those that do not run').option('-q, --quiet', 'ids only').option('--no-trunc', 'ids in full')
    .option('-f, --filter <KEY=VALUE>', 'label=KEY[=VALUE], name=TEXT, id=TEXT or status=STATE; may be repeated', collect, [])
    .action(async (flags: Flags) => {
      const { listContainers } = await import('./commands/containers.ts');
      setExitCode(await listContainers({ dataDir: dataDir(flags), json: flags['output'] === 'json', all: flags['all'] === true, quiet: flags['quiet'] === true, full: flags['trunc'] === false, filters: flags['filter'] as string[] }));
    });
  containers.command('rm').description('remove containers').addOption(dataDirFlag()).option('-f, --force', 'also those that run').argument('<ID...>', 'ids, or their first digits').action(async (ids: string[], flags: Flags) => {
    setExitCode(await (await import('./commands/containers.ts')).removeContainers({ dataDir: dataDir(flags), ids, force: flags['force'] === true }));
  });
  containers
    .command('logs').description('show what a container wrote').addOption(dataDirFlag())
    .option('-n, --tail <N>', "how many lines, or 'all'", 'all').option('-f, --follow', 'go on as it writes').option('-t, --timestamps', 'with times').argument('<ID>', 'id, or its first digits')
    .action(async (id: string, flags: Flags) => {
      const { containerLogs } = await import('./commands/containers.ts');
      setExitCode(await containerLogs({ dataDir: dataDir(flags), id, tail: String(flags['tail']), follow: flags['follow'] === true, timestamps: flags['timestamps'] === true }));
    });
}
