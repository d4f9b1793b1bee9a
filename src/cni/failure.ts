/** The codes of errors that the specification reserves (CNI 1.1.0, "Error"), and those of ctr from 100. */
export const codes = {
  version: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  environment: 4,
  io: 5,
  decoding: 6,
  configuration: 7,
  again: 11,
  unavailable: 50,
  limited: 51,
  alreadyThere: 100,
  stepFailed: 101,
  noAddress: 102,
  checkFailed: 103,
  left: 104,
  bug: 199,
} as const;

/** An error as the specification wants it on standard output. Its words are English: engines log them. */
export class CniError extends Error {
  readonly code: number;
  readonly details: string | undefined;

  constructor(code: number, message: string, details?: string) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
