#!/usr/bin/env node
// The `falconet` command. Declares the commands and their options; each command's code is loaded when it is called, so
// that `--version` and `--help` stay quick. Exit status: 0 done, 1 rules or input could not be loaded, 2 wrong usage.

import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { CLOUDS } from '../isa/clouds.ts';
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
import { Output } from './output.ts';
import { Selection } from './selection.ts';
import type { SetupSubject } from './setup.ts';

const RULES_HELP = 'rule file, directory of rule files, compiled program or - (repeatable; default: the bundled rules)';

/** `print` is given what was asked for with --help and --version. */
function createProgram(print: (text: string) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('falconet')
    .description('Evaluates Falco rules over Kubernetes audit events.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: print })
    .showHelpAfterError('(--help lists commands and options)');
  addRun(program);
  addValidate(program);
  addList(program);
  addExplain(program);
  addTest(program);
  addBench(program);
  addCompile(program);
  addDisasm(program);
  addServe(program);
  addSetup(program);
  return program;
}

function addRun(program: Command): void {
  const selection = new Selection();
  const command = program
    .command('run')
    .description('evaluate events and print alerts')
    .argument(
      '[input...]',
      'files of JSON lines (.gz too), .json documents, directories, - (default: the sample log); or, to go on until a signal, ' +
        'http(s)://host:port/path for an audit webhook and file:///path for logs that grow',
    )
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
    .addOption(
      choiceOption('--from <cloud>', "inputs are a managed cluster's logs: setup CLOUD says how to get them", CLOUDS),
    )
    .option('--max-event-size <size>', 'reject larger events (default: 4MiB)', parseSize)
    .option('--max-depth <levels>', 'with fixed semantics, reject events nested deeper (default: 1000)', parseCount)
    .option('--trusted', 'do not validate what no rule reads')
    .option('--hostname <name>', 'host name in alerts (default: FALCO_HOSTNAME, else of this machine)')
    .addOption(choiceOption('--simd <mode>', 'WebAssembly build to use', ['auto', 'on', 'off'], 'auto'))
    .option('--stats', 'print statistics at the end')
    .option('--tls-cert <file>', 'certificate for https:// (PEM, may hold the key too)')
    .option('--tls-key <file>', 'its key (PEM)')
    .option('--tls-client-ca <file>', 'accept only clients with a certificate that this one signed (PEM)')
    .action(async (inputs: string[], options) => {
      const { run } = await import('./run.ts');
      process.exitCode = await run(inputs, { ...options, selection: selection.selected() });
    });
}

function addValidate(program: Command): void {
  program
    .command('validate')
    .description('check rule files; exit status 1 if one has an error')
    .argument('<files...>', 'rule files, directories of them, in which *.test.yaml are left out, and -')
    .addOption(
      choiceOption('--format <format>', "diagnostics as text, or Falco's result object", ['text', 'json'], 'text'),
    )
    .addOption(semanticsOption())
    .option('--bypass', 'also warn of ways around a rule: other containers, updates, subresources, refused sessions')
    .option('--fix', 'rewrite the files where a warning or an error has a mechanical fix')
    .option('--dry-run', 'with --fix, print the changes as a diff and write nothing')
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
    .option(
      '-r, --rules <path...>',
      'rule files and directories, for rules, macros and lists (default: the bundled rules)',
    )
    .addOption(choiceOption('--format <format>', 'table or JSON', ['text', 'json'], 'text'))
    .action(async (what: ListSubject, options) => {
      const { list } = await import('./list.ts');
      process.exitCode = await list(what, options);
    });
}

function addExplain(program: Command): void {
  program
    .command('explain')
    .description('show why rules match events, or why not')
    .argument('<events...>', 'files of JSON lines (.gz too), .json documents, directories, -')
    .option('-r, --rules <path>', 'rule file, directory or - (repeatable; default: the bundled rules)', collect)
    .option('--rule <name>', 'show this rule as a tree (repeatable; default: those that match)', collect)
    .option('--auditid <id>', 'only the events of this request')
    .addOption(choiceOption('--format <format>', 'text, or one JSON object an event', ['text', 'json'], 'text'))
    .addOption(semanticsOption())
    .addOption(
      choiceOption('--framing <framing>', 'payloads of an input; by default its name decides', ['lines', 'document']),
    )
    .option('--full', 'show what stands inside parts that were not needed')
    .option('--no-color', 'plain text, as with NO_COLOR')
    .action(async (inputs: string[], options) => {
      const { explain } = await import('./explain.ts');
      process.exitCode = await explain(inputs, options);
    });
}

function addTest(program: Command): void {
  program
    .command('test')
    .description('run rule tests; exit status 1 if one fails')
    .argument('<paths...>', 'test files, or directories with *.test.yaml or tests/*.yaml')
    .option('-r, --rules <path>', 'rules to test (repeatable; default: those beside the tests)', collect)
    .option('--filter <text>', 'only tests whose name or file holds this text')
    .option('--watch', 'run again when a test, a rule file or an event file that was read changes')
    .option('--report <form=file>', 'write junit=FILE or json=FILE (repeatable)', collect)
    .option('--mutate', 'change every predicate and constant, and report changes that no test notices')
    .option('--min-score <percent>', 'with --mutate, fail below this share of noticed changes', parsePercent)
    .option('--survivors <file>', 'with --mutate, accepted survivors (default: survivors.yaml beside the tests)')
    .option('--coverage', 'report rules and predicates without a test, and the techniques covered')
    .option('--docs <file>', 'rewrite the table of rules between the markers of a Markdown file')
    .option('--navigator <file>', 'write the covered techniques as an ATT&CK Navigator layer')
    .addOption(semanticsOption())
    .option('--verbose', 'name passed tests and accepted survivors too')
    .option('--no-color', 'plain text, as with NO_COLOR')
    .action(async (paths: string[], options) => {
      const { test } = await import('./test.ts');
      process.exitCode = await test(paths, options);
    });
}

function parsePercent(text: string): number {
  const percent = /^[0-9]{1,3}(\.[0-9]+)?$/.test(text) ? Number(text) : 101;
  if (percent > 100) throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return percent;
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure rules over a log: throughput, cost per rule, what each rule is indexed by')
    .argument('[events...]', 'files of JSON lines (.gz too), .json documents, directories, - (default: the sample log)')
    .option('-r, --rules <path>', RULES_HELP, collect)
    .addOption(choiceOption('--format <format>', 'report as text or JSON', ['text', 'json'], 'text'))
    .option('--svg <file>', 'write the charts to a file too')
    .addOption(choiceOption('--match <which>', 'report the first matching rule or all', ['first', 'all'], 'first'))
    .addOption(semanticsOption())
    .addOption(
      choiceOption('--framing <framing>', 'payloads of an input; by default its name decides', ['lines', 'document']),
    )
    .option('--trusted', 'do not validate what no rule reads')
    .addOption(choiceOption('--simd <mode>', 'WebAssembly build to use', ['auto', 'on', 'off'], 'auto'))
    .option('--runs <count>', 'runs that a median is taken of', parseCount, 9)
    .option('--top <count>', 'rules to time, those that are evaluated most often', parseCount, 40)
    .action(async (inputs: string[], options) => {
      const { bench } = await import('./bench.ts');
      process.exitCode = await bench(inputs, options);
    });
}

function addCompile(program: Command): void {
  program
    .command('compile')
    .description('compile rule files to one program file')
    .option('-r, --rules <path...>', 'rule files and directories (default: the bundled rules)')
    .requiredOption('-o, --output <file>', 'program file to write, - for standard output')
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
    .argument('<file>', 'program file, or -')
    .action(async (file: string) => {
      const { disasm } = await import('./disasm.ts');
      process.exitCode = await disasm(file);
    });
}

function addServe(program: Command): void {
  program
    .command('serve')
    .description('run as a sidecar: webhook and log files in, outputs out; reloads on SIGHUP, reopens files on SIGUSR1')
    .option('-c, --config <file>', 'configuration (YAML); a falco.yaml is one too')
    .option('--check', 'check the configuration and the rules, and end')
    .option('--schema', 'print the JSON schema of the configuration')
    .action(async (options) => {
      const { serve } = await import('./serve.ts');
      process.exitCode = await serve(options);
    });
}

function addSetup(program: Command): void {
  program
    .command('setup')
    .description(
      'print what an API server needs: an audit policy, and what makes it send its events to a webhook; or how to get the audit log ' +
        'of a managed cluster',
    )
    .addArgument(new Argument('<what>').choices(['webhook', 'policy', ...CLOUDS]))
    .option('--cluster <name>', 'name of the managed cluster')
    .option('--url <url>', 'where the sidecar listens, as the API server reaches it')
    .option('--ca <file>', 'certificate authority to check the sidecar with (PEM)')
    .option('--client-cert <file>', 'client certificate to show (PEM), named in the kubeconfig')
    .option('--client-key <file>', 'its key (PEM)')
    .option('--token <token>', 'bearer token to send')
    .option('--directory <path>', 'where the API server finds both files (default: /etc/kubernetes/audit)')
    .addOption(
      choiceOption('--for <cluster>', 'what to print; default: all', [
        'all',
        'kubeconfig',
        'policy',
        'flags',
        'kubeadm',
        'kind',
        'minikube',
        'k3s',
        'kops',
        'auditsink',
      ]),
    )
    .action(async (what: SetupSubject, options) => {
      const { setup } = await import('./setup.ts');
      process.exitCode = await setup(what, options);
    });
}

async function main(): Promise<void> {
  let help = '';
  const program = createProgram((text) => {
    help += text;
  });
  try {
    await program.parseAsync(repeatRulesOption(process.argv.slice(2)), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
  if (help !== '') await new Output(process.stdout).print(help);
}

// a reader of log lines that goes away is no reason to stop
process.stderr.on('error', () => {});
try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`falconet: error: ${error.message}\n`);
  process.exitCode = error.status;
}
