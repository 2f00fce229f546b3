// A log entry of Google Cloud in, the audit event that it tells of out, as JSON. The log has its own form of an audit record: what the API
// server wrote is put together again as far as it is there. What a request came to is inferred, as the original does, unless the entry has
// the status of a failure.

import { isObject, type JsonObject, objectIn, textIn } from './json-values.ts';

const AUDIT_LOG = /cloudaudit\.googleapis\.com%2F(activity|data_access)$/;
const AUDIT_TYPE = 'type.googleapis.com/google.cloud.audit.AuditLog';
const LONG_RUNNING: readonly string[] = ['exec', 'attach'];

/** Undefined for an entry that is not of Kubernetes' audit log. */
export function auditEventOf(entry: JsonObject): string | undefined {
  const audit = objectIn(entry, 'protoPayload');
  const resource = objectIn(entry, 'resource');
  const isOurs =
    AUDIT_LOG.test(textIn(entry, 'logName')) &&
    resource.type === 'k8s_cluster' &&
    audit['@type'] === AUDIT_TYPE &&
    audit.serviceName === 'k8s.io';
  if (!isOurs) return undefined;
  const request = objectIn(audit, 'requestMetadata');
  const user = textIn(objectIn(audit, 'authenticationInfo'), 'principalEmail');
  const objectRef = objectRefOf(textIn(audit, 'resourceName'));
  const isLongRunning = LONG_RUNNING.includes(objectRef?.subresource ?? '');
  const verb = textIn(audit, 'methodName').split('.').at(-1)!;
  const time = textIn(entry, 'receiveTimestamp') || '1970-01-01T00:00:00.000000Z';
  const userAgent = textIn(request, 'callerSuppliedUserAgent');
  const annotations = { ...objectIn(entry, 'labels'), ...objectIn(resource, 'labels') };
  return jsonOf({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: isLongRunning ? 'Request' : 'RequestResponse',
    auditID: textIn(entry, 'insertId'),
    stage: isLongRunning ? 'ResponseStarted' : 'ResponseComplete',
    requestURI: `/${textIn(audit, 'resourceName')}`,
    verb,
    user: user === '' ? {} : { username: user },
    ...(audit.requestMetadata === undefined ? {} : { sourceIPs: [textIn(request, 'callerIp')] }),
    ...(userAgent === '' ? {} : { userAgent }),
    ...(objectRef === undefined ? {} : { objectRef }),
    responseStatus: statusOf(objectIn(audit, 'status'), verb, isLongRunning),
    ...(audit.request === undefined ? {} : { requestObject: sorted(audit.request) }),
    ...(audit.response === undefined ? {} : { responseObject: sorted(audit.response) }),
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: sorted(annotations) }),
  });
}

interface ObjectRef {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** `GROUP/VERSION/[namespaces/NAMESPACE/]RESOURCE/NAME/SUBRESOURCE`; lists over the whole cluster have no object. */
function objectRefOf(resourceName: string): ObjectRef | undefined {
  const parts = resourceName.split('/');
  const [apiGroup, apiVersion] = parts as [string, string];
  const versioned = { apiGroup, apiVersion };
  if (parts[2] === 'namespaces' && parts.length >= 5) {
    const [namespace, resource, name, subresource] = parts.slice(3) as [string, string, string?, string?];
    return {
      resource,
      namespace,
      ...(name === undefined ? {} : { name }),
      ...versioned,
      ...(subresource === undefined ? {} : { subresource }),
    };
  }
  if (parts.length < 4) return undefined;
  const [resource, name, subresource] = parts.slice(2) as [string, string, string?];
  return { resource, name, ...versioned, ...(subresource === undefined ? {} : { subresource }) };
}

/** What an API server answers for a failure's code of google.rpc. */
const HTTP_CODES: Readonly<Record<number, number>> = {
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  16: 401,
};

function statusOf(status: JsonObject, verb: string, isLongRunning: boolean): JsonObject {
  const failure = typeof status.code === 'number' ? status.code : 0;
  if (failure !== 0) {
    const message = textIn(status, 'message');
    return {
      metadata: {},
      status: 'Failure',
      ...(message === '' ? {} : { message }),
      code: HTTP_CODES[failure] ?? 500,
    };
  }
  const [text, code] = isLongRunning
    ? ['Switching Protocols', 101]
    : verb === 'create'
      ? ['Created', 201]
      : ['OK', 200];
  return { metadata: {}, status: `${text} (inferred)`, message: `${text} (inferred)`, code };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** As Go writes JSON: what HTML gives a meaning to is escaped. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
