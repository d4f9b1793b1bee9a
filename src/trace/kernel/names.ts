/** Instances of ctr, by their names; `ls` in tracefs shows them to everybody. */
export const instancePrefix = 'ctr-trace-';

/** Where tracefs belongs (Documentation/trace/ftrace.rst), also where it is not mounted. */
export const tracefs = '/sys/kernel/tracing';

/** Has a file for each instance, by its name: where tracefs is not mounted, nobody sees the instances themselves. */
export const instanceMarks = '/run/ctr-trace';
