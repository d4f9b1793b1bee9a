#!/bin/sh
# From a fresh machine to a container with a network: installs what is needed, makes the examples' root file system and
# runs the tutorial in a sandbox host. Does not change this machine's network.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
[ -d examples/labex ] || node dist/ctr.js --quiet rootfs create examples/labex >/dev/null
node dist/ctr.js demo
echo
echo 'next: node dist/ctr.js up examples/tutorial.json      a shell in that container'
echo '      node dist/ctr.js plan examples/tutorial.json    every command, why, and its undo'
echo '      scripts/link.sh                                 ctrnet in your PATH, and ctr where nobody has it'
