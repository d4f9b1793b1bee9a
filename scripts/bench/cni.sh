#!/bin/sh
# The CNI bridge plugin for the network and crun for the container, called as a container engine calls them.
#   cni.sh prepare ROOTFS | run COMMAND… | up COUNT COMMAND… | down COUNT
set -eu
plugins=/usr/lib/cni own=/run/bench/cni
job=$1
shift

# The plugin leaves its bridge after the last container has ended.
network='{
  "cniVersion": "0.4.0", "name": "bench", "type": "bridge", "bridge": "cni0",
  "isGateway": true, "ipMasq": true,
  "ipam": { "type": "host-local", "subnet": "10.97.0.0/16", "routes": [{ "dst": "0.0.0.0/0" }] }
}'

plugin() {
  echo "$network" | CNI_COMMAND=$1 CNI_CONTAINERID=$2 CNI_NETNS=/run/netns/$2 CNI_IFNAME=eth0 \
    CNI_PATH=$plugins $plugins/bridge >/dev/null
}

bundle() {
  name=$1 words=
  shift
  for word in "$@"; do words="$words${words:+, }\"$word\""; done
  mkdir -p "$own/$name"
  while IFS= read -r line; do
    case $line in
      *ARGS*) echo "\"args\": [$words]," ;;
      *NETNS*) echo "\"type\": \"network\", \"path\": \"/run/netns/$name\"" ;;
      *) echo "$line" ;;
    esac
  done <$own/template >"$own/$name/config.json"
}

start() {
  name=$1
  shift
  bundle "$name" "$@"
  ip netns add "$name"
  plugin ADD "$name"
}

finish() {
  plugin DEL "$1"
  ip netns del "$1"
  rm -r "${own:?}/$1"
}

case $job in
  prepare)
    mkdir -p $own
    cd $own
    crun spec
    node=$2
    "$node" -e '
      const { readFileSync, writeFileSync } = require("node:fs");
      const spec = JSON.parse(readFileSync("config.json", "utf8"));
      spec.process.terminal = false;
      spec.process.args = ["ARGS"];
      spec.root.path = process.argv[1];
      for (const one of spec.linux.namespaces) if (one.type === "network") one.type = "NETNS";
      const text = JSON.stringify(spec, null, 1)
        .replace(/"args": \[\s*"ARGS"\s*\]/, "\"args\": [\"ARGS\"]");
      writeFileSync("template", text + "\n");
    ' "$1"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ;;
  run)
    start run "$@"
    crun run --bundle "$own/run" run && code=0 || code=$?
    finish run
    exit "$code"
    ;;
  up)
    count=$1
    shift
    while [ "$count" -gt 0 ]; do
      start "many$count" "$@"
      crun run --detach --bundle "$own/many$count" "many$count" >/dev/null
      count=$((count - 1))
    done
    ;;
  down)
    count=$1
    while [ "$count" -gt 0 ]; do
      crun delete --force "many$count"
      finish "many$count"
      count=$((count - 1))
    done
    ;;
esac
