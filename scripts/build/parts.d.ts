/** Every file that the build writes, without its ending. */
export const fileNames: readonly string[];
