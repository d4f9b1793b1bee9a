#!/bin/sh
# Runs a command in a sandbox host: its own network, mounts and processes, and the world.
set -eu
here=$(dirname "$0")
exec node "$here/../dist/ctr.js" sandbox -- "$@"
