// `falconet compile`: rule files to one program file, which `run -r` and `falconet/runtime` load.

import { writeFile } from 'node:fs/promises';
import { type CompileChoices, compileRules } from './compile-rules.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import { Output } from './output.ts';
import { readRuleFiles } from './rules.ts';

const STDOUT = '-';

/** Returns the exit status. */
export async function compileToFile(
  options: CompileChoices & { readonly rules?: readonly string[]; readonly output: string },
): Promise<number> {
  const { output } = options;
  if (output === STDOUT && process.stdout.isTTY)
    throw usageFailure('a program is not for a terminal: name a file, or - in a pipe');
  const program = compileRules(await readRuleFiles(options.rules ?? [], options.semantics), options);
  if (output === STDOUT) await new Output(process.stdout).print(program);
  else await writeProgram(output, program);
  process.stderr.write(`falconet: wrote ${program.length} bytes to ${output === STDOUT ? '<stdout>' : output}\n`);
  return 0;
}

async function writeProgram(path: string, program: Uint8Array): Promise<void> {
  try {
    await writeFile(path, program);
  } catch (error) {
    throw loadFailure(`${path}: ${reasonOf(error)}`);
  }
}
