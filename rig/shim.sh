#!/bin/sh
# Takes the place of a real program in the first directory of ctr's search path, and fails at one chosen call.
# Shell assignments in /run/faults/case select the call and the fault:
#   want    pattern of the command lines that fail
#   nth     number of the matching call that fails, or every; with nth=from, every call from number $want on
#           fails, whatever its command line
#   reads   no: calls that only read are not counted
#   mode    the fault
#   want2 nth2 mode2   a second fault
# shellcheck disable=SC1091,SC2154
path=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
me=${0##*/}
line="$me $*"
# Commands that a shell starts go through the shims again.
case $line in
  sh\ * | 'setsid sh')
    me=$(command -v "$me")
    PATH=$path
    ;;
esac
[ -f /run/faults/case ] || exec "$me" "$@"
case $line in
  # A container's gate is part of the command that starts it.
  'sh -c read '*) exec "$me" "$@" ;;
esac
printf '%s\0' "$line" >>/run/faults/log
. /run/faults/case

# Takes the next number: with `set -C` only one process can create a given file.
number() {
  n=1
  while ! { true >"/run/faults/$1.$n"; } 2>/dev/null; do n=$((n + 1)); done
}
set -C
# Whether this call fails. Arguments: pattern, number of the call, name of the counter.
meant() {
  case $2 in
    from)
      case $reads,$line in
        no,*'ip -j '* | no,iptables-save* | no,ip6tables-save* | no,'nft -'[js]' list'* | no,*' -C '* | no,'sh ' | no,'setsid sh' | no,'sh -c status='* | no,flock* | no,stty* | no,'ss -H'* | no,*ctr-end-of-probe*) return 1 ;;
      esac
      number "$3"
      [ "$n" -ge "$1" ]
      ;;
    *)
      # shellcheck disable=SC2254 # it is a pattern
      case $line in
        $1) number "$3" ;;
        *) return 1 ;;
      esac
      [ "$2" = every ] || [ "$n" = "$2" ]
      ;;
  esac
}
if meant "$want" "$nth" first; then
  :
elif [ -n "$want2" ] && meant "$want2" "$nth2" second; then
  mode=$mode2
else
  exec "$me" "$@"
fi
set +C
printf '%s\0' "$line" >>/run/faults/fired
trap '' HUP INT TERM

# Whether the command is a long-running process, such as a container's start: it has taken effect once it runs.
stays() {
  case $line in
    'env -'* | 'setsid '* | 'unshare '* | 'sh -euc exec '* | 'sh -c '*ctr-supervisor*) true ;;
    *) false ;;
  esac
}
run() {
  if stays; then
    exec 8<&0
    (
      trap - HUP INT TERM
      exec setpriv --pdeathsig KILL "$me" "$@" <&8 8<&-
    ) &
    sleep 0.02
  else
    "$me" "$@"
  fi
}
# Hangs like the real program would: with its descriptors, in its process group.
hang() {
  if stays; then exec sleep 1000; fi
  sleep 1000
}
tell() {
  read -r pid </run/faults/pid
  # If the ctr that the test started has ended, the caller is a supervisor's successor.
  [ -d "/proc/$pid" ] || pid=$PPID
  kill -s "$1" "$pid"
}
case $mode in
  fail-before)
    echo "${0##*/}: this failure was made on purpose" >&2
    exit 1
    ;;
  fail-after)
    run "$@" >/dev/null 2>&1
    echo "$me: this failure was made on purpose" >&2
    exit 1
    ;;
  hang-before) hang ;;
  hang-after)
    run "$@"
    hang
    ;;
  die) kill -s SEGV $$ ;;
  rubbish)
    printf '{"\001\377\033[31m%%s [[[\n%s\n' "$line"
    printf '\033]0;rubbish\007 {{{ \377\n' >&2
    exit 0
    ;;
  noise)
    echo "# Warning: $me tables present, use something else to see them" >&2
    echo "$me: warning: this was made on purpose, \$(id) \`id\` %s" >&2
    trap - HUP INT TERM
    exec "$me" "$@"
    ;;
  kill-before)
    tell KILL
    exit 1
    ;;
  kill-after)
    run "$@"
    tell KILL
    ;;
  kill-late)
    tell KILL
    sleep 0.3
    trap - HUP INT TERM
    exec "$me" "$@"
    ;;
  INT-before | TERM-before | HUP-before)
    tell "${mode%-before}"
    trap - HUP INT TERM
    exec "$me" "$@"
    ;;
  INT-after | TERM-after | HUP-after)
    run "$@"
    status=$?
    tell "${mode%-after}"
    if stays; then wait; fi
    exit "$status"
    ;;
esac
