/**
 * Settings of the whole machine that a node needs: packets are forwarded between interfaces. The first instance to change it notes
 * what was there; the last one to end puts that back, unless something else on the machine forwards packets by then.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** All instances of the machine keep what does not survive a reboot below it, each in a folder of its own name. */
const runFolder = '/run/k8ts';
const noteFile = path.join(runFolder, 'ip_forward');
const forwarding = '/proc/sys/net/ipv4/ip_forward';

/** To be called before forwarding is switched on. */
export function noteHostSettings(): void {
  if (existsSync(noteFile) || !existsSync(forwarding)) return;
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(noteFile, readFileSync(forwarding, 'utf8'));
}

/** To be called when an instance's own folder below /run/k8ts is gone; does nothing while others have theirs. */
export function restoreHostSettings(): void {
  if (!existsSync(runFolder)) return;
  const others = readdirSync(runFolder, { withFileTypes: true }).some((entry) => entry.isDirectory());
  if (others) return;
  if (existsSync(noteFile)) {
    const before = readFileSync(noteFile, 'utf8');
    if (readFileSync(forwarding, 'utf8') !== before && !othersForward()) writeFileSync(forwarding, before);
    rmSync(noteFile);
  }
  if (readdirSync(runFolder).length === 0) rmdirSync(runFolder);
}

/** Bridges, tunnels and container links belong to something that needs forwarding too: Docker, libvirt, a VPN. */
function othersForward(): boolean {
  const links = readdirSync('/sys/class/net');
  return links.some((link) => existsSync(`/sys/class/net/${link}/bridge`) || existsSync(`/sys/class/net/${link}/tun_flags`) || /^(veth|wg|docker|virbr|cni|flannel)/.test(link));
}
