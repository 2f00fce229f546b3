#!/usr/bin/env node
// The `falconet` command. Declares the commands and their options; each command's code is loaded when it is called, so
// that `--version` and `--help` stay quick. Exit status: 0 done, 1 rules or input could not be loaded, 2 wrong usage.

import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError } from 'commander';
import { Failure } from './failure.ts';
import type { ListSubject } from './list.ts';
import {
  choiceOption,
  collect,
  parseCount,
  parseNames,
  parsePriority,
  parseSize,
  repeatRulesOption,
  semanticsOption,
} from './options.ts';
import { Selection } from './selection.ts';

const RULES_HELP = 'rule file, directory of rule files or compiled program (repeatable; default: the bundled rules)';

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('falconet')
    .description('Evaluates Falco rules over Kubernetes audit events.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists commands and options)');
  addRun(program);
  addValidate(program);
  addList(program);
  addCompile(program);
  addDisasm(program);
  return program;
}

function addRun(program: Command): void {
  const selection = new Selection();
  const command = program
    .command('run')
    .description('evaluate events and print alerts')
    .argument('[input...]', 'files of JSON lines (.gz too), .json documents, directories, - (default: the sample log)')
    .option('-r, --rules <path>', RULES_HELP, collect)
    .addOption(choiceOption('--format <format>', 'form of the alerts', ['text', 'json'], 'text'))
    .addOption(choiceOption('--match <which>', 'report the first matching rule or all', ['first', 'all'], 'first'))
    .addOption(semanticsOption())
    .option('--min-priority <priority>', 'leave out rules that are less severe', parsePriority);
  for (const option of selection.options()) command.addOption(option);
  command
    .option('--extra-fields <names>', 'fields to add to every output_fields, separated by commas', parseNames)
    .addOption(
      choiceOption('--framing <framing>', 'payloads of an input; by default its name decides', ['lines', 'document']),
    )
    .option('--max-event-size <size>', 'reject larger events (default: 4MiB)', parseSize)
    .option('--max-depth <levels>', 'with fixed semantics, reject events nested deeper (default: 1000)', parseCount)
    .option('--trusted', 'do not validate what no rule reads')
    .option('--hostname <name>', 'host name in alerts (default: FALCO_HOSTNAME, else of this machine)')
    .addOption(choiceOption('--simd <mode>', 'WebAssembly build to use', ['auto', 'on', 'off'], 'auto'))
    .option('--stats', 'print statistics at the end')
    .action(async (inputs: string[], options) => {
      const { run } = await import('./run.ts');
      process.exitCode = await run(inputs, { ...options, selection: selection.selected() });
    });
}

function addValidate(program: Command): void {
  program
    .command('validate')
    .description('check rule files; exit status 1 if one has an error')
    .argument('<files...>', 'rule files and directories of them')
    .addOption(
      choiceOption('--format <format>', "diagnostics as text, or Falco's result object", ['text', 'json'], 'text'),
    )
    .addOption(semanticsOption())
    .action(async (files: string[], options) => {
      const { validate } = await import('./validate.ts');
      process.exitCode = await validate(files, options);
    });
}

function addList(program: Command): void {
  program
    .command('list')
    .description('show what rules can use, or what rule files define')
    .addArgument(new Argument('<what>').choices(['fields', 'operators', 'rules', 'macros', 'lists']))
    .option('-r, --rules <path...>', 'rule files and directories for rules, macros, lists (default: the bundled rules)')
    .addOption(choiceOption('--format <format>', 'table or JSON', ['text', 'json'], 'text'))
    .action(async (what: ListSubject, options) => {
      const { list } = await import('./list.ts');
      process.exitCode = await list(what, options);
    });
}

function addCompile(program: Command): void {
  program
    .command('compile')
    .description('compile rule files to one program file')
    .option('-r, --rules <path...>', 'rule files and directories (default: the bundled rules)')
    .requiredOption('-o, --output <file>', 'program file to write')
    .addOption(semanticsOption())
    .option('--extra-fields <names>', 'fields to add to every output_fields, separated by commas', parseNames)
    .action(async (options) => {
      const { compileToFile } = await import('./compile.ts');
      process.exitCode = await compileToFile(options);
    });
}

function addDisasm(program: Command): void {
  program
    .command('disasm')
    .description('print a program file as text')
    .argument('<file>', 'program file')
    .action(async (file: string) => {
      const { disasm } = await import('./disasm.ts');
      process.exitCode = await disasm(file);
    });
}

// a reader of log lines that goes away is no reason to stop
process.stderr.on('error', () => {});
try {
  await createProgram().parseAsync(repeatRulesOption(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Failure) {
    process.stderr.write(`falconet: error: ${error.message}\n`);
    process.exitCode = error.status;
  } else {
    throw error;
  }
}
