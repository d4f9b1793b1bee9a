/**
 * The shell script of the waiting child. It writes its mark and its pid in the host's PID namespace to descriptor 4
 * (/proc is still the host's), waits for a line on descriptor 3, where end of file means that ctr is gone, moves the
 * user's standard error from 5 to 2, and executes the command.
 */
export const gate =
  'read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; ' +
  'read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; ';
