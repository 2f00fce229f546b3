// `falconet disasm`: a program file as text.

import { disassemble } from '../program/disassemble.ts';
import { verifyProgram } from '../program/verify.ts';
import { loadFailure } from './failure.ts';
import { Output } from './output.ts';
import { readNamed } from './rules.ts';

/** Returns the exit status. */
export async function disasm(file: string): Promise<number> {
  const { name, bytes: program } = await readNamed(file);
  const problem = verifyProgram(program);
  if (problem !== undefined) throw loadFailure(`${name}: ${problem}`);
  await new Output(process.stdout).print(disassemble(program));
  return 0;
}
