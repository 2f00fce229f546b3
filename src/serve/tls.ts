// Files of certificates in, the options of a TLS server or client out.

import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { TlsConfig } from './config.ts';

/** Files of one side of a connection. */
export interface TlsFiles {
  readonly certificate?: string;
  readonly key?: string;
  /** by whose certificates the other side is known */
  readonly ca?: string;
}

/** @throws when a file cannot be read, or does not hold what it should */
export function contextOf({ certificate, key, ca }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(certificate === undefined ? {} : { cert: readFileSync(certificate) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
    ...(ca === undefined ? {} : { ca: certificatesOf(ca) }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const names = [...new Set([certificate, key, ca].filter((name) => name !== undefined))];
    throw new Error(`${names.join(', ')}: ${(error as Error).message}`);
  }
  return options;
}

/** Without a certificate in it, TLS would know nobody and say nothing. */
function certificatesOf(path: string): Buffer {
  const bytes = readFileSync(path);
  if (!bytes.includes('-----BEGIN CERTIFICATE-----') && !bytes.includes('-----BEGIN TRUSTED CERTIFICATE-----')) {
    throw new Error(`${path}: holds no certificate`);
  }
  return bytes;
}

/** @throws when a file cannot be read, or does not hold what it should */
export function secureContext({ certificate, key, clientCa }: TlsConfig): SecureContextOptions {
  return contextOf({ certificate, key, ...(clientCa === undefined ? {} : { ca: clientCa }) });
}

/** @throws when a file cannot be read, or does not hold what it should */
export function tlsOptions(config: TlsConfig): TlsOptions {
  const asksClients = config.clientCa !== undefined;
  return { ...secureContext(config), requestCert: asksClients, rejectUnauthorized: asksClients };
}

export function tlsFiles({ certificate, key, clientCa }: TlsConfig): readonly string[] {
  return [...new Set([certificate, key, ...(clientCa === undefined ? [] : [clientCa])])];
}
