// `falconet compile`: rule files to one program file, which `run -r` and `falconet/runtime` load.

import { writeFile } from 'node:fs/promises';
import { type CompileChoices, compileRules } from './compile-rules.ts';
import { loadFailure, reasonOf } from './failure.ts';
import { readRuleFiles } from './rules.ts';

/** Returns the exit status. */
export async function compileToFile(
  options: CompileChoices & { readonly rules?: readonly string[]; readonly output: string },
): Promise<number> {
  const program = compileRules(await readRuleFiles(options.rules ?? [], options.semantics), options);
  try {
    await writeFile(options.output, program);
  } catch (error) {
    throw loadFailure(`${options.output}: ${reasonOf(error)}`);
  }
  process.stderr.write(`falconet: wrote ${program.length} bytes to ${options.output}\n`);
  return 0;
}
