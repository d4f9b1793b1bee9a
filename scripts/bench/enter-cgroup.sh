#!/bin/sh
# Runs a command in its own cgroup of every hierarchy, which counts the resources that it and its children use.
#   enter-cgroup.sh NAME COMMAND…
set -eu
name=$1
shift
while IFS=: read -r id controllers _; do
  case $id in
    0) folder=/sys/fs/cgroup/unified; if [ ! -d "$folder" ]; then folder=/sys/fs/cgroup; fi ;;
    *) folder=/sys/fs/cgroup/${controllers#name=} ;;
  esac
  if [ ! -e "$folder/cgroup.procs" ]; then continue; fi
  mkdir "$folder/$name"
  for file in cpuset.cpus cpuset.mems; do
    if [ "$id" != 0 ] && [ -e "$folder/$file" ]; then
      cat "$folder/$file" >"$folder/$name/$file"
    fi
  done
  echo $$ >"$folder/$name/cgroup.procs"
done </proc/self/cgroup
exec "$@"
