#!/bin/sh
# Prepares a sandbox host for measurements and executes the command: file systems get temporary layers, cgroups are
# mounted, and ctr is a copy that a later build does not change.
#   host.sh PACKAGE COMMAND…
set -eu
package=$1
shift
bench=/run/bench
PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=$bench/home LC_ALL=C
export PATH HOME LC_ALL
unset NODE_EXTRA_CA_CERTS NODE_OPTIONS XDG_RUNTIME_DIR

mkdir -p $bench/ctr/scripts $bench/home $bench/layers
for part in dist schema examples package.json; do cp -R "$package/$part" $bench/ctr/; done
cp -R "$package/scripts/bench" $bench/ctr/scripts/

for folder in etc var root home opt; do
  mkdir -p $bench/layers/$folder/upper $bench/layers/$folder/work
  mount -t overlay -o "lowerdir=/$folder,upperdir=$bench/layers/$folder/upper,workdir=$bench/layers/$folder/work" overlay /$folder
done
mount --bind /run/resolv.conf /etc/resolv.conf
# The upper layer of an overlay cannot be on another overlay.
for folder in containers containerd docker lxc; do
  mkdir -p /var/lib/$folder
  mount -t tmpfs tmpfs /var/lib/$folder
done
for folder in /tmp /dev/shm; do mount -t tmpfs -o mode=1777 tmpfs $folder; done

if [ "$(cat /proc/self/cgroup)" = 0::/ ]; then
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mkdir /sys/fs/cgroup/bench
  while read -r process; do
    echo "$process" >/sys/fs/cgroup/bench/cgroup.procs 2>/dev/null || true
  done </sys/fs/cgroup/cgroup.procs
  read -r controllers </sys/fs/cgroup/cgroup.controllers || true
  for controller in $controllers; do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
  done
else
  mount -t tmpfs tmpfs /sys/fs/cgroup
  while IFS=: read -r id controllers _; do
    if [ "$id" = 0 ]; then continue; fi
    mkdir "/sys/fs/cgroup/${controllers#name=}"
    case $controllers in
      name=*) options=none,$controllers ;;
      *) options=$controllers ;;
    esac
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/${controllers#name=}"
  done </proc/self/cgroup
fi

# Sysctls outside of the network namespace belong to the machine.
mkdir $bench/proc
mount -t proc proc $bench/proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind $bench/proc/sys/net /proc/sys/net
umount $bench/proc
mount -o remount,bind,ro /

exec "$@"
