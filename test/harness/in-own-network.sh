#!/bin/sh
# Runs a command as on a machine of its own network: in new network and mount namespaces with one outer interface and a /run of its
# own, so that two suites, or a suite and a cluster, do not meet. Usage: in-own-network.sh COMMAND ARGS...
set -eu
if [ "${1:-}" != --inside ]; then exec unshare --net --mount "$0" --inside "$@"; fi
shift
mount -t tmpfs -o mode=0755 tmpfs /run
ip link set lo up
ip link add outer type veth peer name beyond
ip link set beyond up
ip address add 192.0.2.2/24 dev outer
ip link set outer up
ip route add default via 192.0.2.1
exec "$@"
