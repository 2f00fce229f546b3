// Files of certificates in, the options of a TLS server out.

import { readFileSync } from 'node:fs';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { TlsConfig } from './config.ts';

/** @throws when a file cannot be read */
export function secureContext({ certificate, key, clientCa }: TlsConfig): SecureContextOptions {
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: readFileSync(clientCa) }),
  };
}

/** @throws when a file cannot be read */
export function tlsOptions(config: TlsConfig): TlsOptions {
  const asksClients = config.clientCa !== undefined;
  return { ...secureContext(config), requestCert: asksClients, rejectUnauthorized: asksClients };
}

export function tlsFiles({ certificate, key, clientCa }: TlsConfig): readonly string[] {
  return [...new Set([certificate, key, ...(clientCa === undefined ? [] : [clientCa])])];
}
