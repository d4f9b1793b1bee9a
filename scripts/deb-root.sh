#!/bin/sh
# Installs the .deb in a fresh Debian that debootstrap(8) makes, with the packages that the .deb names and nothing else,
# and tries it there: the tests of test/host/deb.test.ts, the page in man(1), the completion in an interactive bash.
# Needs root, and Debian's packages from the network (about 60 MB); the tests themselves run in sandbox hosts.
set -eu
cd "$(dirname "$0")/.."
packages=node_modules/.cache/ctr/packages
suite=${CTR_DEB_SUITE:-bookworm}

command -v debootstrap >/dev/null || {
  apt-get update -qq
  apt-get install -qq --no-install-recommends debootstrap >/dev/null
}
npm run --silent build
rm -f "$packages"/*.deb
CTR_DEB_COMPRESSION='-Zgzip -z1' scripts/package.sh "$packages" >/dev/null
deb=$(find "$PWD/$packages" -name '*.deb')

needs=$(dpkg-deb --field "$deb" Depends Recommends | sed 's/^[^:]*: *//' | tr '\n' ',' | tr -d ' ')
root=$(mktemp -d "${TMPDIR:-/var/tmp}/ctr-debian.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
echo "debootstrap $suite with $needs"
unshare --mount --propagation private debootstrap --variant=minbase \
  --include="${needs}man-db,bash-completion" "$suite" "$root" >"$root.log" 2>&1 || {
  tail -20 "$root.log"
  exit 1
}
rm -f "$root.log"
! test -e "$root/usr/bin/node"

CTR_DEB_ROOT=$root npm run --silent test:host -- test/host/deb.test.ts

# shellcheck disable=SC2016 # the shells inside expand them
node dist/ctr.js sandbox -- unshare --mount --propagation private sh -euc '
  mount -t tmpfs none /mnt
  mkdir /mnt/upper /mnt/work /mnt/root
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
  cp "$2" /mnt/root/tmp/ctrnet.deb
  mount --rbind /proc /mnt/root/proc
  mount --rbind /dev /mnt/root/dev
  exec chroot /mnt/root env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "
    dpkg -i /tmp/ctrnet.deb >/dev/null
    man ctrnet | head -4
    man -L zh_CN ctrnet | head -4
    printf \"source /usr/share/bash-completion/bash_completion\n_completion_loader ctrnet\ncomplete -p ctrnet\n\" | bash
    apt-get check -qq && echo the dependencies are met
    dpkg --purge ctrnet >/dev/null
    find / -xdev -iname \"*ctrnet*\" -not -path \"/tmp/*\" -not -path \"/proc/*\" -not -path \"/var/log/*\"
  "
' sh "$root" "$deb"
