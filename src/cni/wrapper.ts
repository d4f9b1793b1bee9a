import { shellQuote } from '../model/command.ts';
import { defaultStateDir } from '../state/state-path.ts';
import { linkOnlyFile } from './link-only.ts';
import { supportedVersions } from './versions.ts';

/** The line by which ctr knows a wrapper as its own. */
export const wrapperMark = '# Written by ctr cni install.';

/**
 * The plugin that engines call: absolute paths, since an engine's PATH is its daemon's. Two things it does itself, and
 * spares them a start of Node: VERSION, which engines ask before every ADD and DEL, and the DEL of an attachment beside
 * others of its network.
 */
export function wrapperText(program: readonly string[]): string {
  const versions = supportedVersions.map((one) => `"${one}"`).join(',');
  const newest = supportedVersions.at(-1) ?? '';
  return `#!/bin/sh
${wrapperMark}
ctr() { exec ${program.map(shellQuote).join(' ')}; }

input=
read_input() {
  while IFS= read -r line || [ -n "$line" ]; do input=$input$line; done
}

# Sets value to the string value of key $1 in the top-level object. Looks only near the start: "#*" is quadratic.
value_of() {
  value= key=$1 before=\${input%%"\\"$1\\""*}
  [ \${#before} -lt 4000 ] || return
  # Splits the text at braces, to count how many are open.
  set -f
  IFS={
  set -- \${before}x
  words=$#
  IFS=}
  set -- \${before}x
  unset IFS
  set +f
  [ $((words - $#)) -eq 1 ] || return
  value=\${input#*"\\"$key\\""} value=\${value#*\\"} value=\${value%%\\"*}
}

# DEL without Node, for when everything but the link is shared with another attachment. Otherwise it returns non-zero, and
# Node does the rest.
del_link() {
  PATH=\${PATH:+$PATH:}/usr/sbin:/sbin:/usr/bin:/bin
  state=\${CTR_STATE_DIR:-${defaultStateDir}}
  set -- "$state"/cni-*/"${linkOnlyFile}:$CNI_CONTAINERID:$CNI_IFNAME"
  [ $# -eq 1 ] && [ -O "$1" ] || return
  { read -r network && read -r link && read -r altname && read -r shared; } <"$1" || return
  value_of name
  [ "$value" = "$network" ] || return
  ip link del dev "$altname" 2>/dev/null || return
  {
    flock -w 30 9 && [ "$state/lock" -ef /proc/self/fd/9 ] || return
    # Another DEL and ADD may have come between: then this is the record of a new link.
    [ ! -e "/sys/class/net/$link" ] || return
    is_shared=
    for other in "$state"/cni-*/${linkOnlyFile}:*; do
      if [ "$other" != "$1" ] && [ -O "$other" ]; then
        { read -r _ && read -r _ && read -r _ && read -r theirs; } <"$other"
        if [ "$theirs" = "$shared" ]; then is_shared=yes && break; fi
      fi
    done
    [ -n "$is_shared" ] || return
    # The record goes last: while it exists, a killed DEL can be retried.
    rm -rf "$1" "\${1%/*}/notes" "\${1%/*}"
  } 9>>"$state/lock" || return
  # Nobody may read standard error any more.
  trap '' PIPE
  log=\${1%/*}
  log=$state/.cni/\${log##*/}.log
  at=$(date -u +%FT%T.%3NZ)
  for what in "\\"ran\\":\\"ip link del dev $link\\",\\"result\\":\\"undo: done\\"" '"result":"deleted"'; do
    echo "{\\"at\\":\\"$at\\",\\"command\\":\\"DEL\\",\\"container\\":\\"$CNI_CONTAINERID\\",\\"ifname\\":\\"$CNI_IFNAME\\",\\"network\\":\\"$network\\",$what}"
  done >>"$log" || true
  echo "ctr-cni: ip link del dev $link  # undo: done
ctr-cni: deleted" >&2 || true
}

case $CNI_COMMAND in
  VERSION)
    read_input
    value_of cniVersion
    case $value in ${supportedVersions.join(' | ')}) ;; *) value=${newest} ;; esac
    printf '{"cniVersion":"%s","supportedVersions":[${versions}]}\\n' "$value"
    ;;
  DEL)
    read_input
    del_link || printf '%s' "$input" | ctr
    ;;
  *) ctr ;;
esac
`;
}
