// Why a command stops before its work is done. The status is the process's exit status: 1 when rules or input could not
// be loaded, 2 when the command line itself is wrong. Thrown by commands, caught once, in main.ts.

export class Failure extends Error {
  readonly status: 1 | 2;

  constructor(message: string, status: 1 | 2) {
    super(message);
    this.status = status;
  }
}

/** The command line asks for something that does not exist or does not fit together. */
export function usageFailure(message: string): Failure {
  return new Failure(message, 2);
}

/** Something named on the command line could not be read or used. */
export function loadFailure(message: string): Failure {
  return new Failure(message, 1);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
  Z_BUF_ERROR: 'the compressed data ends too early',
  Z_DATA_ERROR: 'the compressed data is damaged',
};

/** What a failed file operation says, without the path and the system call that Node puts around it. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
