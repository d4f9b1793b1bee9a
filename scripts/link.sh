#!/bin/sh
# Links this checkout's program into the search path as ctrnet, and as ctr if no other program has that name (that of
# containerd has). Argument: the directory for the links. The default is /usr/local/bin, or ~/.local/bin if the former
# is not writable.
set -eu
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then
  directory=$1
elif [ -w /usr/local/bin ]; then
  directory=/usr/local/bin
else
  directory=$HOME/.local/bin
fi
program=$PWD/dist/ctr.js
[ -e "$program" ] || npm run --silent build
mkdir -p "$directory"

# Prints where a user or root would find this name.
found() {
  if [ -e "$directory/$1" ] || [ -L "$directory/$1" ]; then
    echo "$directory/$1"
  else
    PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v "$1" || true
  fi
}

link() {
  other=$(found "$1")
  if [ -n "$other" ] && [ "$(readlink -f "$other")" != "$program" ]; then
    echo "$1: $other is another program, and stays as it is" >&2
    return 1
  fi
  ln -sfn "$program" "$directory/$1"
  echo "$directory/$1"
}

link ctrnet
link ctr || echo 'type ctrnet for ctr' >&2
case :$PATH: in
  *":$directory:"*) ;;
  *) echo "$directory is not in your PATH" >&2 ;;
esac
