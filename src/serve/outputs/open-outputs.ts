// Settings of an output in, the output out.

import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { OutputConfig } from '../config.ts';
import { DirectHttpOutput, SpooledHttpOutput } from './http-output.ts';
import { LineOutput } from './line-outputs.ts';
import type { Output, OutputEvents } from './output.ts';
import { ProgramOutput, programTarget } from './program-output.ts';
import { loggerOutput, SyslogOutput } from './syslog-output.ts';

const STDOUT = 1;

/**
 * `before` is the output whose spool it takes over, if there is one.
 * @throws when a file of its settings cannot be read, or a command that it needs is not installed
 */
export function openOutput(config: OutputConfig, hostname: string, events: OutputEvents, before?: Output): Output {
  switch (config.kind) {
    case 'stdout':
      return new LineOutput('stdout', config.format, { descriptor: STDOUT });
    case 'file':
      return new LineOutput('file', config.format, config);
    case 'http':
      if (config.spool === undefined) return new DirectHttpOutput(config, events);
      return new SpooledHttpOutput(config, events, before instanceof SpooledHttpOutput ? before : undefined);
    case 'syslog':
      if (config.address !== undefined) return new SyslogOutput(config.address, hostname);
      wantCommand('syslog_output', 'sh');
      wantCommand('syslog_output', 'logger');
      return loggerOutput();
    case 'program':
      wantCommand('program_output', 'sh');
      return new ProgramOutput(programTarget(config.program, config.keepAlive, config.format));
  }
}

/** Said at the start: an output that can never take an alert would make every request fail. */
function wantCommand(section: string, command: string): void {
  const directories = command === 'sh' ? ['/bin'] : (process.env.PATH ?? '').split(':');
  const isThere = directories.some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (isThere) return;
  const remedy = section === 'syslog_output' ? 'name an address, or switch it off' : 'switch it off';
  throw new Error(`${section}: needs the command ${command}, which is not installed; ${remedy}`);
}
