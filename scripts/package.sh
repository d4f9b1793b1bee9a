#!/bin/sh
# Builds the packages of this checkout: the tarball of npm, and a .deb that brings its own Node.
#   package.sh [DIRECTORY]      default: packages
# CTR_DEB_COMPRESSION (default: -Zxz -z6) is what dpkg-deb(1) compresses with.
# The program's name is ctrnet; ctr is added at installation where no other program has it (that of containerd has).
set -eu
cd "$(dirname "$0")/.."
directory=${1:-packages}
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
unset NODE_OPTIONS || true

version=$(node -p 'require("./package.json").version')
architecture=$(dpkg --print-architecture)
tarball=$directory/$(npm pack --silent --pack-destination "$directory")
echo "$tarball"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
library=$root/usr/lib/ctrnet
mkdir -p "$library" "$root/usr/bin" "$root/usr/lib/cni" "$root/DEBIAN"
tar -xzf "$tarball" -C "$library" --strip-components 1
# This Node made the code caches, so it can use them, on every machine (decision 29).
cp dist/*.cache "$library/dist/"
cp "$(readlink -f "$(command -v node)")" "$library/node"
# The program says its own name in hints, and takes it from the script's.
ln -s dist/ctr.js "$library/ctrnet"
ln -s dist/ctr.js "$library/ctr"
cat >"$root/usr/bin/ctrnet" <<'WRAPPER'
#!/bin/sh
exec /usr/lib/ctrnet/node "/usr/lib/ctrnet/${0##*/}" "$@"
WRAPPER
chmod 755 "$root/usr/bin/ctrnet"

# The CNI plugin, as ctr cni install writes it, with the paths of the package.
node dist/ctr.js --quiet cni install "$root/cni" --net-dir "$root/net" >/dev/null
sed 's|^ctr() .*|ctr() { exec /usr/lib/ctrnet/node /usr/lib/ctrnet/ctr; }|; s|^# Written by .*|# Part of the package ctrnet.|' \
  "$root/cni/ctr" >"$root/usr/lib/cni/ctr"
chmod 755 "$root/usr/lib/cni/ctr"
rm -r "$root/cni" "$root/net"

pages=$root/usr/share/man
mkdir -p "$pages/man1" "$pages/zh_CN/man1"
gzip -9nc man/man1/ctrnet.1 >"$pages/man1/ctrnet.1.gz"
gzip -9nc man/man1/ctrnet.zh.1 >"$pages/zh_CN/man1/ctrnet.1.gz"

share=$root/usr/share
mkdir -p "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d"
"$library/node" "$library/ctrnet" completion bash >"$share/bash-completion/completions/ctrnet"
"$library/node" "$library/ctrnet" completion zsh >"$share/zsh/vendor-completions/_ctrnet"
"$library/node" "$library/ctrnet" completion fish >"$share/fish/vendor_completions.d/ctrnet.fish"

mkdir -p "$share/doc/ctrnet"
cp README.md SECURITY.md "$share/doc/ctrnet/"
ln -s ../../../lib/ctrnet/examples "$share/doc/ctrnet/examples"

cat >"$root/DEBIAN/control" <<CONTROL
Package: ctrnet
Version: $version
Architecture: $architecture
Maintainer: the developers of ctr <ctr@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: libc6, libstdc++6, iproute2, iptables, procps, util-linux
Recommends: nftables, busybox-static
Section: net
Priority: optional
Description: container networking that can be watched, undone and taken apart
 ctrnet gives containers a network by printed commands of iproute2 and
 util-linux, undoes them, explains them, and says where a packet is lost. It is
 also a CNI plugin. It brings its own Node.
CONTROL
# dpkg(1) does not know this link, since another package may have the name.
cat >"$root/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
if ! command -v ctr >/dev/null; then
  ln -s ctrnet /usr/bin/ctr
  echo 'ctrnet: also installed as ctr' >&2
elif [ "$(readlink /usr/bin/ctr)" != ctrnet ]; then
  echo "ctrnet: $(command -v ctr) is another program, and stays as it is" >&2
fi
SCRIPT
cat >"$root/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
[ "$1" = remove ] || exit 0
if [ "$(readlink /usr/bin/ctr)" = ctrnet ]; then rm /usr/bin/ctr; fi
SCRIPT
chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm"

deb=$directory/ctrnet_${version}_$architecture.deb
# shellcheck disable=SC2086 # two options
dpkg-deb --root-owner-group ${CTR_DEB_COMPRESSION:--Zxz -z6} --build "$root" "$deb" >/dev/null
echo "$deb"
