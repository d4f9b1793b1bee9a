#!/bin/sh
# Runs a command in a sandbox host: a network, mounts and processes of its own, and a world.
set -eu
here=$(dirname "$0")
exec node "$here/../dist/ctr.js" sandbox -- "$@"
