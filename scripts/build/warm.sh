#!/bin/sh
# Adds the verbs that need a host to V8's code cache by running them in a sandbox host. Where no sandbox host can be
# made, V8 compiles these verbs in every run.
set -eu
cd "$(dirname "$0")/../.."
main=$(find "$PWD/dist" -name 'main-*.js')

# shellcheck disable=SC2016 # the shell in the sandbox host expands them
scripts/sandbox.sh sh -eu -c '
  main=$1
  node dist/ctr.js --quiet rootfs create /run/warm/labex
  cat >/run/warm/config.json <<EOF
{ "host_name": "warm", "root_dir": "./labex", "ip": "10.9.0.2/24", "bridge_name": "warm0", "bridge_ip": "10.9.0.1" }
EOF
  run() { node scripts/build/warm.cjs "$main" --quiet "$@"; }
  run plan /run/warm/config.json
  run up --fast /run/warm/config.json -- true
  run up --one-by-one /run/warm/config.json -- true
  iptables -P FORWARD DROP
  iptables -N DOCKER-USER
  iptables -A FORWARD -j DOCKER-USER
  iptables -A FORWARD -i docker0 -j ACCEPT
  run up --fast /run/warm/config.json -- true
  run up --detach --fast /run/warm/config.json -- sleep 60
  run ps
  run exec warm -- true
  run down warm
  iptables -F FORWARD
  ip netns add warm
  cni() {
    echo "{\"cniVersion\":\"1.0.0\",\"name\":\"warm\",\"type\":\"ctr\",\"bridge\":\"warm1\",\"isDefaultGateway\":true,\"ipMasq\":true,\"ipam\":{\"subnet\":\"10.8.0.0/24\"}}" |
      CNI_COMMAND=$1 CNI_CONTAINERID=warm CNI_IFNAME=eth0 CNI_NETNS=/run/netns/warm \
        node scripts/build/warm.cjs "$main"
  }
  cni ADD
  cni STATUS
  cni DEL
' warm "$main" >/dev/null 2>&1 || echo 'not warmed: no sandbox host here' >&2
