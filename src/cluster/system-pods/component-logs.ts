/**
 * What the parts of this process log, as logs of their Pods: each line also goes to the file where a runtime would write it, so that
 * `kubectl logs` and log collectors find it. What is said before there is a Pod is kept in memory until then.
 */
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { createLogger, type LogLine, type Logger } from '../../base/log.ts';
import { jsonFileOf, jsonLine } from '../../kubelet/logs/json-file-logs.ts';
import { parseLogLine } from '../../kubelet/logs/log-line.ts';
import { logRoot } from '../pod-logs.ts';
import { componentOf } from './system-components.ts';

/** Lines kept for a component that has no Pod (yet); the oldest go first. */
const pendingLines = 500;
const maxBytes = 10 * 1024 * 1024;

export interface LogPlace {
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly containerId: string;
}

interface OpenLog {
  readonly file: string;
  readonly link: string;
  readonly folder: string;
  size: number;
}

export class ComponentLogs {
  readonly #clock: Clock;
  /** The file that says whose a log folder is. */
  readonly #ownerFile: string;
  readonly #root: string;
  readonly #jsonFiles: boolean;
  readonly #open = new Map<string, OpenLog>();
  readonly #pending = new Map<string, string[]>();

  constructor(options: { readonly clock: Clock; readonly ownerFile: string; readonly root?: string; readonly jsonFiles?: boolean }) {
    this.#clock = options.clock;
    this.#ownerFile = options.ownerFile;
    this.#root = options.root ?? logRoot;
    this.#jsonFiles = options.jsonFiles ?? false;
  }

  /** A logger like `logger` whose lines come here too. */
  tap(logger: Logger): Logger {
    return createLogger((line) => {
      logger[line.level](line.message, line.fields);
      if (line.level !== 'debug') this.write(line);
    }, 'debug');
  }

  write(line: LogLine): void {
    const component = componentOf(line);
    if (component === undefined) return;
    const text = this.#lineOf(line);
    const open = this.#open.get(component);
    if (open) this.#append(open, text);
    else this.#keep(component, text);
  }

  /** From now on this component's lines go to this Pod's log. */
  attach({ pod, uid, container, containerId }: LogPlace): void {
    const folder = path.join(this.#root, 'pods', `kube-system_${pod}_${uid}`);
    const file = path.join(folder, container, '0.log');
    const link = path.join(this.#root, 'containers', `${pod}_kube-system_${container}-${containerId}.log`);
    mkdirSync(path.dirname(file), { recursive: true });
    mkdirSync(path.dirname(link), { recursive: true });
    writeFileSync(path.join(folder, this.#ownerFile), '');
    rmSync(link, { force: true });
    symlinkSync(this.#jsonFiles ? jsonFileOf(file) : file, link);
    const open = { file, link, folder, size: existsSync(file) ? statSync(file).size : 0 };
    this.#open.set(container, open);
    const first = this.#lineOf({ level: 'info', message: `${container} runs inside the k8ts process`, fields: { pid: process.pid } });
    this.#append(open, first + (this.#pending.get(container) ?? []).join(''));
    this.#pending.delete(container);
  }

  /** The Pod is no more; its log goes with it. */
  detach(container: string): void {
    const open = this.#open.get(container);
    this.#open.delete(container);
    if (!open) return;
    rmSync(open.link, { force: true });
    rmSync(open.folder, { recursive: true, force: true });
  }

  fileOf(container: string): string | undefined {
    return this.#open.get(container)?.file;
  }

  /** As a runtime writes it. */
  #lineOf(line: LogLine): string {
    return `${new Date(this.#clock.now()).toISOString().replace('Z', '000000Z')} stderr F ${describe(line)}\n`;
  }

  #filesOf({ file }: OpenLog): string[] {
    return this.#jsonFiles ? [file, jsonFileOf(file)] : [file];
  }

  #keep(component: string, text: string): void {
    const lines = this.#pending.get(component) ?? [];
    lines.push(text);
    if (lines.length > pendingLines) lines.shift();
    this.#pending.set(component, lines);
  }

  /** Synchronous, as the last words of a crash matter; a disk that is full or a folder that was removed loses lines, nothing else. */
  #append(open: OpenLog, text: string): void {
    if (text === '') return;
    try {
      if (open.size > maxBytes) {
        for (const file of this.#filesOf(open)) renameSync(file, `${file}.1`);
        open.size = 0;
      }
      appendFileSync(open.file, text);
      if (this.#jsonFiles) appendFileSync(jsonFileOf(open.file), jsonLines(text));
      open.size += text.length;
    } catch {
      return;
    }
  }
}

/** The same in the form of Docker's json-file driver. */
function jsonLines(text: string): string {
  return text.split('\n').flatMap((line) => parseLogLine(line) ?? []).map((entry) => `${jsonLine(entry)}\n`).join('');
}

const letters = { debug: 'D', info: 'I', warn: 'W', error: 'E' } as const;

/** One line for people: 'I started port=6443'. */
function describe({ level, message, fields }: LogLine): string {
  const more = Object.entries(fields).filter(([name]) => name !== 'component').map(([name, value]) => ` ${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`);
  return `${letters[level]} ${message}${more.join('')}`;
}
