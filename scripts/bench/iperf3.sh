#!/bin/sh
# iperf3, for the throughput: copies it with its libraries into a root file system, or starts the server in the world.
#   iperf3.sh copy ROOTFS | serve WORLD_PID
set -eu
case $1 in
  copy)
    program=$(command -v iperf3)
    mkdir -p "$2/usr/bin"
    cp "$program" "$2/usr/bin/iperf3"
    ldd "$program" | while read -r word second third _; do
      library=$word
      if [ "$second" = '=>' ]; then library=$third; fi
      case $library in
        /*)
          mkdir -p "$2${library%/*}"
          cp "$library" "$2$library"
          ;;
      esac
    done
    ;;
  serve) exec nsenter --target "$2" --net iperf3 --server --bind 198.51.100.1 ;;
esac
