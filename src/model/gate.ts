/**
 * What the blocked child runs. It tells its mark and its pid as the host sees it on descriptor 4
 * (/proc is still the host's), waits for a line on 3, where the end of file means that ctr is gone, takes
 * the user's standard error from 5, and becomes the command.
 */
export const gate =
  'read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; ' +
  'read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; ';
