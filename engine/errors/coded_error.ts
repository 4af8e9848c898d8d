/** An error with a stable `code` for programs and a message for people that says what is wrong and what to do. */
export class CodedError extends Error {
  override readonly name: string = "CodedError";
  constructor(readonly code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** Input that cannot be used: a file, a value, a name. Nothing has been written when it is thrown. */
export class InputError extends CodedError {
  override readonly name = "InputError";
}

/** The command line itself is wrong (unknown option, missing argument): the process ends with status 2. */
export class UsageError extends CodedError {
  override readonly name = "UsageError";
  constructor(message: string, options?: { cause?: unknown }) {
    super("usage", message, options);
  }
}

/** True for errors whose message is meant for the user and needs no stack trace. */
export function isCodedError(error: unknown): error is CodedError {
  return error instanceof CodedError;
}
