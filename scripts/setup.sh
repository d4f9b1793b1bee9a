#!/bin/sh
# Installs what ctr and its tests need on a fresh Debian machine: packages and npm modules. Then builds ctr.
# Arguments: further Debian packages, as PROGRAM:PACKAGE if the names differ.
set -eu
cd "$(dirname "$0")/.."

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
PATH=$PATH:/usr/sbin:/sbin
need ip iproute2
need unshare util-linux
need iptables iptables
need busybox busybox-static
need sysctl procps
need hostname hostname
need ping iputils-ping
for package in "$@"; do need "${package%:*}" "${package#*:}"; done

# A root file system of one file needs a static busybox.
if command -v busybox >/dev/null 2>&1 && ldd "$(command -v busybox)" >/dev/null 2>&1; then
  missing="$missing busybox-static"
fi

if [ -n "$missing" ]; then
  as_root=
  if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
  echo "installing with apt-get:$missing" >&2
  $as_root apt-get update -qq
  # shellcheck disable=SC2086 # one word for each package
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'installing npm packages' >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
npm run --silent build
scripts/build/warm.sh
