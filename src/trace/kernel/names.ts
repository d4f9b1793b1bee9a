/** Instances of ctr, by their names; `ls` in tracefs shows them to everybody. */
export const instancePrefix = 'ctr-trace-';

/** Where tracefs belongs (Documentation/trace/ftrace.rst), also where it is not mounted. */
export const tracefs = '/sys/kernel/tracing';

/** Is there while there may be instances that nobody sees, since tracefs is not mounted. */
export const instanceMark = '/run/ctr-trace';
