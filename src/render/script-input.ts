import type { Language } from '../model/text.ts';

/** Lines of an exported script, below a comment in the reader's language. */
type Lines = (language: Language) => readonly string[];

function under(comment: Readonly<Record<Language, string>>, lines: readonly string[]): Lines {
  return (language) => [`# ${comment[language]}`, ...lines];
}

/**
 * The first container's standard input, as in `ctr up`. A file is piped, since a process with its descriptor could open
 * it again; a directory is never passed on. If the shell reads the script from standard input, nothing is left for the
 * container (sh(1), option s).
 */
export const standardInput = under(
  {
    en: "Descriptor 7 is the first container's standard input.",
    zh: '描述符 7 是第一个容器的标准输入。',
  },
  [
    'case $- in',
    '  *s*) if (: </dev/tty) 2>/dev/null; then exec 7</dev/tty; else exec 7</dev/null; fi ;;',
    '  *)',
    '    if [ -f /proc/self/fd/0 ] || [ -b /proc/self/fd/0 ]; then',
    '      mkfifo "$dir/input"',
    '      exec 7<&0',
    '      cat <&7 >"$dir/input" &',
    '      exec 7<"$dir/input"',
    '    elif [ -d /proc/self/fd/0 ] || ! [ -e /proc/self/fd/0 ]; then exec 7</dev/null',
    '    else exec 7<&0; fi ;;',
    'esac',
  ],
);

/** Whether there is a terminal, and its settings. */
const settings = under(
  {
    en: 'Empty without a terminal; otherwise the terminal settings, to be restored at the end.',
    zh: '没有终端时为空；否则保存终端原来的设置，结束时恢复。',
  },
  ['terminal=', 'if [ -t 7 ] && [ -t 1 ]; then terminal=$(stty -g <&7); fi'],
);

const change = under(
  {
    en: 'Some lines differ when the container gets a terminal.',
    zh: '容器得到终端时，个别行有所不同。',
  },
  ['on_terminal() { if [ -n "$terminal" ]; then sed "$1"; else cat; fi; }'],
);

/**
 * script(1) passes the keys to the container and logs them for the exported script. `deaf` checks whether the first
 * process would not receive a signal (pid_namespaces(7), proc_pid_stat(5), proc_pid_status(5)): its process group is in
 * the foreground, and none of its signal masks ends in one of the given digits.
 */
const keys = under(
  {
    en: 'Ctrl-C goes to the container. If its process 1 has no handler, the kernel drops the signal, and this script ends everything.',
    zh: 'Ctrl-C 交给容器。容器的 1 号进程没有处理函数时，内核会丢弃信号，这时由本脚本结束一切。',
  },
  [
    'deaf() {',
    '  pid=$(cat "$dir/first" 2>/dev/null) && stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1',
    '  # shellcheck disable=SC2086',
    `  set -- "$1" \${stat##*) }`,
    '  [ "$4" = "$7" ] && ! grep -Eq "^Sig(Blk|Ign|Cgt):.*[$1]\\$" "/proc/$pid/status"',
    '}',
    'lost() {',
    '  case $(stty -a <"/proc/$pid/fd/1" 2>/dev/null) in *-isig*) return 1 ;; esac',
    '  sleep 0.2',
    '  deaf "$1"',
    '}',
    'watch_keys() {',
    '  while keys=$(dd bs=4096 count=1 2>/dev/null | od -An -v -tx1) && [ -n "$keys" ]; do',
    '    case $keys in',
    '      *\' 03\'*) if deaf 2367abef && lost 2367abef; then kill -s INT "$$"; fi ;;',
    '      *\' 1c\'*) if deaf 4567cdef && lost 4567cdef; then kill -s QUIT "$$"; fi ;;',
    '    esac',
    '  done',
    '}',
  ],
);

/** The lines of a script that may give its terminal to the container. */
export const forTerminal: Lines = (language) =>
  [settings, change, keys].flatMap((lines) => ['', ...lines(language)]);
