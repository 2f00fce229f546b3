// Settings of an output in, the output out.

import type { OutputConfig } from '../config.ts';
import { DirectHttpOutput, SpooledHttpOutput } from './http-output.ts';
import { LineOutput } from './line-outputs.ts';
import type { Output, OutputEvents } from './output.ts';
import { ProgramOutput, programTarget } from './program-output.ts';
import { loggerOutput, SyslogOutput } from './syslog-output.ts';

const STDOUT = 1;

/** @throws when a file of its settings cannot be read or its spool cannot be used */
export function openOutput(config: OutputConfig, hostname: string, events: OutputEvents): Output {
  switch (config.kind) {
    case 'stdout':
      return new LineOutput('stdout', config.format, { descriptor: STDOUT });
    case 'file':
      return new LineOutput('file', config.format, config);
    case 'http':
      return config.spool === undefined ? new DirectHttpOutput(config, events) : new SpooledHttpOutput(config, events);
    case 'syslog':
      return config.address === undefined ? loggerOutput() : new SyslogOutput(config.address, hostname);
    case 'program':
      return new ProgramOutput(programTarget(config.program, config.keepAlive, config.format));
  }
}
