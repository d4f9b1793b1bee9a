#!/bin/sh
# Unpacks Debian's packages of container engines, FRR and firewalld into a directory, for the tests. Installs nothing:
# no service starts, and containerd's program ctr does not come before ours in the PATH.
#   engines.sh DIRECTORY
set -eu
directory=$1
packages='podman crun conmon golang-github-containers-common golang-github-containers-image containerd runc frr firewalld'
# A folder that an older list of packages filled is filled again.
[ "$(cat "$directory/complete" 2>/dev/null)" != "$packages" ] || exit 0
mkdir -p "$directory/deb/partial" "$directory/root"
directory=$(cd "$directory" && pwd)
# What the packages depend on and this machine lacks.
# shellcheck disable=SC2086 # one word for each package
apt-get install -y -qq --no-install-recommends --download-only -o Debug::NoLocking=1 \
  -o Dir::Cache::archives="$directory/deb" $packages >/dev/null
# The packages themselves, installed or not.
# shellcheck disable=SC2086
(cd "$directory/deb" && apt-get download -qq -o APT::Sandbox::User=root $packages >/dev/null)
for file in "$directory"/deb/*.deb; do
  case ${file##*/} in passwd_* | login_*) continue ;; esac
  dpkg-deb -x "$file" "$directory/root"
done
echo "$packages" >"$directory/complete"
