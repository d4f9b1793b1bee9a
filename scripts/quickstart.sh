#!/bin/sh
# A fresh machine to a container with a network: sets up, makes the examples' root file system,
# and runs the tutorial in a sandbox. Nothing of this machine's network is touched.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
[ -d examples/labex ] || node dist/ctr.js --quiet rootfs create examples/labex >/dev/null
node dist/ctr.js demo
echo
echo 'next: node dist/ctr.js up examples/tutorial.json      a shell in that container'
echo '      node dist/ctr.js plan examples/tutorial.json    every command, why, and its undo'
echo '      scripts/link.sh                                 ctrnet in your PATH, and ctr where nobody has it'
