// The parts of an audit event that rules ask about, as `JSON.parse` gives them.

export interface AuditEvent {
  readonly stage?: string;
  readonly verb?: string;
  readonly requestURI?: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly requestObject?: RequestObject;
}

export interface Container {
  readonly image?: string;
  readonly securityContext?: { readonly privileged?: boolean };
}

export interface RequestObject {
  readonly spec?: {
    readonly type?: string;
    readonly tls?: unknown;
    readonly hostNetwork?: boolean;
    readonly hostPID?: boolean;
    readonly hostIPC?: boolean;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly ephemeralContainers?: readonly Container[];
    readonly volumes?: readonly { readonly hostPath?: { readonly path?: string } }[];
  };
  readonly data?: unknown;
  readonly roleRef?: { readonly name?: string };
  readonly rules?: readonly { readonly resources?: readonly string[]; readonly verbs?: readonly string[] }[];
}

/** Without digest, and without the tag behind the last `/`. */
export function repositoryOf(image: string): string {
  const at = image.indexOf('@');
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
