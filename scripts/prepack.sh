#!/bin/sh
# Builds what the npm package contains, also in a fresh clone.
set -eu
cd "$(dirname "$0")/.."
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
npm run --silent build >&2
