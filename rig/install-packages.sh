#!/bin/sh
# Installs Debian packages without starting their services, which could change this machine's network.
#   install-packages.sh PACKAGE…
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod +x $policy
fi
apt-get update -qq
packages=
for package in "$@"; do
  if apt-cache show "$package" >/dev/null 2>&1; then
    packages="$packages $package"
  else
    echo "no package $package here" >&2
  fi
done
# shellcheck disable=SC2086 # one word for each package
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $packages >/dev/null
