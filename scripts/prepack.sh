#!/bin/sh
# What is in a package is built from what is in the checkout, also in a fresh clone.
set -eu
cd "$(dirname "$0")/.."
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
npm run --silent build >&2
