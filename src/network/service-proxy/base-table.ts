/**
 * The part of the table that does not change: hooks, the shared maps and sets, masquerading, refusals.
 *
 * - Traffic to a Service's address, or to a node port on an address of the node, goes through a verdict map to the Service's chain.
 * - What has no endpoints is refused; what else goes to the service range is dropped, so that a ping fails.
 * - Masqueraded is: marked traffic (from outside, from the node), a Pod's traffic to itself through a Service, and what Pods send
 *   out of the cluster.
 * - The Pods' links accept packets that come back to 127.0.0.1 (`route_localnet`); that nobody else uses that, a raw rule sees to.
 */

const mark = '0x4000';
/** The statement that has a packet masqueraded when it leaves. */
export const masquerade = `meta mark set meta mark or ${mark}`;
const unmark = 'meta mark set meta mark and 0xffffbfff';

/** Pods hang on links of this name, as the `ptp` plugin makes them; behind a bridge packets come from the bridge. */
const podLinks = '"veth*"';

export function baseTable(table: string, { clusterCidr, serviceCidr }: { readonly clusterCidr: string; readonly serviceCidr: string }): string {
  return `table ip ${table} {
  map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
  map service-nodeports { type inet_proto . inet_service : verdict; }
  map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }
  map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }
  set cluster-ips { type ipv4_addr; }
  set hairpin { type ipv4_addr . ipv4_addr; }

  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject
  }
  chain drop-it {
    drop
  }
  chain refusals {
    ip daddr . meta l4proto . th dport vmap @no-endpoint-services
    fib daddr type local meta l4proto . th dport vmap @no-endpoint-nodeports
    ip daddr != ${serviceCidr} return
    ip daddr @cluster-ips meta l4proto { tcp, udp } goto refuse
    drop
  }
  chain services {
    ip daddr ${serviceCidr} ip saddr != ${clusterCidr} ${masquerade}
    ip daddr . meta l4proto . th dport vmap @service-ips
    fib daddr type != local return
    meta l4proto . th dport vmap @service-nodeports
  }
  chain raw-prerouting {
    type filter hook prerouting priority raw; policy accept;
    iifname ${podLinks} ip daddr 127.0.0.0/8 drop
    iifname ${podLinks} ip saddr 127.0.0.0/8 drop
  }
  chain nat-prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump services
  }
  chain nat-output {
    type nat hook output priority -100; policy accept;
    jump services
  }
  chain nat-postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "lo" return
    meta mark and ${mark} == ${mark} ${unmark} masquerade fully-random
    ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random
    ip saddr ${clusterCidr} ip daddr != { ${clusterCidr}, ${serviceCidr}, 224.0.0.0/4 } masquerade fully-random
  }
  chain filter-input {
    type filter hook input priority -10; policy accept;
    ct state new,invalid,untracked jump refusals
  }
  chain filter-forward {
    type filter hook forward priority -10; policy accept;
    ct state new,invalid,untracked jump refusals
  }
  chain filter-output {
    type filter hook output priority -10; policy accept;
    ct state new,invalid,untracked jump refusals
  }
}
`;
}
