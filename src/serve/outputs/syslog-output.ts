// Alerts to syslog as RFC 5424 messages of facility daemon, over UDP, TCP or a stream socket (octet counted), handed over when
// the kernel has them. Node has no datagram sockets of the file system: without an address the `logger` command writes to the
// local daemon.

import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { PRIORITY_NAMES } from '../../isa/priorities.ts';
import type { AlertBatch, Output, OutputAlert } from './output.ts';
import { ProgramOutput, type ProgramTarget } from './program-output.ts';

const FACILITY_DAEMON = 3;
const CONNECT_MS = 5_000;
/** A receiver that has not read for so long is given up: the alerts are sent again to the next connection. */
const WRITE_MS = 20_000;
/** A datagram cannot be larger; an alert that does not fit loses its end. */
const MAX_DATAGRAM = 65_000;

/** Falco's priorities are syslog's severities. */
function syslogPriority(alert: OutputAlert): number {
  return FACILITY_DAEMON * 8 + PRIORITY_NAMES.indexOf(alert.priority);
}

/** For the local daemon. */
export function loggerOutput(): Output {
  const target: ProgramTarget = {
    name: 'syslog',
    program: 'logger --tag falconet --prio-prefix',
    keepAlive: false,
    textOf: (batch) => batch.alerts.map((alert) => `<${syslogPriority(alert)}>${alert.text}\n`).join(''),
  };
  return new ProgramOutput(target);
}

export class SyslogOutput implements Output {
  readonly name = 'syslog';
  readonly #address: string;
  readonly #hostname: string;
  #socket: Promise<Socket> | undefined;

  constructor(address: string, hostname: string) {
    this.#address = address;
    this.#hostname = hostname;
  }

  async deliver(batch: AlertBatch): Promise<void> {
    const messages = batch.alerts.map((alert) => Buffer.from(this.#message(alert)));
    if (this.#address.startsWith('udp:')) await sendDatagrams(this.#address, messages);
    else await this.#write(Buffer.concat(messages.flatMap((bytes) => [Buffer.from(`${bytes.length} `), bytes])));
  }

  async close(deadline: number): Promise<void> {
    const socket = await this.#socket?.catch(() => undefined);
    if (socket === undefined || socket.destroyed) return;
    const late = setTimeout(() => socket.destroy(), Math.max(0, deadline - performance.now()));
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.end(resolve);
    });
    clearTimeout(late);
    socket.destroy();
  }

  #message(alert: OutputAlert): string {
    const time = new Date().toISOString();
    return `<${syslogPriority(alert)}>1 ${time} ${this.#hostname} falconet ${process.pid} - - ${alert.text}`;
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => socket.destroy(new Error('the receiver does not read')), WRITE_MS);
      socket.write(bytes, (error) => {
        clearTimeout(late);
        if (error) reject(error);
        // Node calls the writes that a broken connection cuts short done
        else if (socket.destroyed) reject(new Error('the connection is broken'));
        else resolve();
      });
    });
  }

  #connect(): Promise<Socket> {
    const path = /^unix:\/\/(\/.*)$/.exec(this.#address)?.[1];
    return new Promise((resolve, reject) => {
      const socket = path === undefined ? connect(hostAndPort(this.#address)) : connect(path);
      socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('no connection')));
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve(socket);
      });
      socket.on('error', reject);
      socket.on('close', () => {
        this.#socket = undefined;
      });
    });
  }
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const url = new URL(address.replace(/^\w+:/, 'http:'));
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port === '' ? 80 : url.port) };
}

async function sendDatagrams(address: string, messages: readonly Buffer[]): Promise<void> {
  const { host, port } = hostAndPort(address);
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => {
        socket.send(message.subarray(0, MAX_DATAGRAM), port, host, (error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    socket.close();
  }
}
