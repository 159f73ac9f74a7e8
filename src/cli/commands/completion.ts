/** `k8ts completion`: a script for the shell, made from the commands as they are defined. */
import type { Command } from 'commander';
import { usageError } from '../failure.ts';

export async function completion(shell: string, program: Command): Promise<number> {
  if (shell !== 'bash' && shell !== 'zsh') throw usageError(`there is no completion for ${shell}: use bash or zsh`);
  process.stdout.write(completionScript(shell, program));
  return 0;
}

export function completionScript(shell: 'bash' | 'zsh', program: Command): string {
  const words = new Map<string, string[]>();
  const visit = (command: Command, path: string): void => {
    const commands = command.createHelp().visibleCommands(command);
    const flags = command.createHelp().visibleOptions(command).map((option) => option.long ?? option.short ?? '');
    words.set(path, [...commands.map((child) => child.name()), ...flags]);
    for (const child of commands) if (child.name() !== 'help') visit(child, `${path} ${child.name()}`.trim());
  };
  visit(program, '');
  const cases = [...words].map(([path, choices]) => `    "${path}") words="${choices.join(' ')}" ;;`).join('\n');
  const bash = `# k8ts completion for ${shell}: eval "$(k8ts completion ${shell})"
_k8ts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    --data-dir|--kubeconfig|--config) COMPREPLY=($(compgen -f -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -o default -F _k8ts k8ts
`;
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
