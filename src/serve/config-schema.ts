// The configuration of the sidecar as one JSON Schema: what is accepted, what is assumed, what it means. Keys that falco.yaml
// has too are spelled and mean as there; what is ours stands beside them. The published schema file is generated from this.

import type { Schema } from './schema.ts';

const SIZE: Schema = {
  oneOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^\\d+ *([kKmMgG]?[iI]?[bB]?)$', description: 'a size such as 256KiB or 12MiB' },
  ],
};
const SECONDS: Schema = { type: 'integer', minimum: 1, maximum: 86_400 };
const TEXT: Schema = { type: 'string', pattern: '.' };
const SWITCH: Schema = { type: 'boolean' };

function described(schema: Schema, description: string, byDefault?: unknown): Schema {
  return byDefault === undefined ? { ...schema, description } : { ...schema, description, default: byDefault };
}

function section(
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required?: readonly string[],
): Schema {
  const schema: Schema = { type: 'object', description, properties, additionalProperties: false };
  return required === undefined ? schema : { ...schema, required };
}

/** A section that falco.yaml has too: its other keys are reported as ignored, not refused. */
function shared(description: string, properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', description, properties };
}

const REQUIRED_OUTPUT: Schema = described(
  SWITCH,
  'acknowledge a request only when its alerts are handed to this output',
  true,
);
const ENABLED: Schema = described(SWITCH, 'use this output', false);
const FORMAT: Schema = {
  type: 'string',
  enum: ['text', 'json'],
  description: 'form of the alerts; default: as json_output says',
};

const TLS: Schema = section(
  'serve HTTPS (HTTP/1.1 and HTTP/2); the files are read again when they change',
  {
    certificate: described(TEXT, 'PEM file of the certificate chain; may hold the key too'),
    key: described(TEXT, 'PEM file of the key; default: the certificate file'),
    client_ca: described(TEXT, 'PEM file; clients have to show a certificate that it signed'),
  },
  ['certificate'],
);

const WEBHOOK: Schema = section('receives audit events from API servers', {
  listen_address: described({ type: 'string' }, 'address to listen on; empty: all', ''),
  listen_port: described({ type: 'integer', minimum: 0, maximum: 65_535 }, 'port; 0: any free one', 9765),
  path: described(
    { type: 'string', pattern: '^/' },
    'route; either of /k8s-audit and /k8s_audit stands for both, an ending slash for everything below',
    '/k8s-audit',
  ),
  tls: TLS,
  bearer_token_file: described(TEXT, 'file of a token; requests have to carry it in their Authorization header'),
  max_body_size: described(SIZE, 'larger bodies are refused, compressed or not', '12MiB'),
  queue_size: described(SIZE, 'bytes of bodies that may wait; more are answered 429 with a Retry-After', '64MiB'),
  request_timeout: described(SECONDS, 'seconds that a request may take to arrive', 30),
  answer_timeout: described(SECONDS, 'seconds after which a request that waits for outputs is answered 503', 25),
  retry_window: described(
    { type: 'integer', minimum: 0, maximum: 10_000_000 },
    'alerts remembered to recognise requests that are sent again; 0: none',
    500_000,
  ),
});

const FOLLOW_ENTRY: Schema = section(
  'a log file, or a directory of them',
  {
    path: described({ type: 'string', pattern: '^/' }, 'absolute path; may come to exist later'),
    start: described(
      { type: 'string', enum: ['beginning', 'end'] },
      'where to start in a file that exists and has no saved place',
      'end',
    ),
    state: described(TEXT, 'file that keeps the place over restarts'),
  },
  ['path'],
);

const SPOOL: Schema = section(
  'alerts are on disk before they are sent, and are sent until the receiver has them',
  {
    directory: described(TEXT, 'directory of the segments, for one process'),
    max_size: described(SIZE, 'bytes; a full spool refuses alerts', '1GiB'),
  },
  ['directory'],
);

const ANY_TEXT: Schema = { type: 'string' };

/** A key of falco.yaml in a section that is closed: known, and reported as ignored. */
export const WITHOUT_EFFECT: Schema = described(SWITCH, 'without effect: the audit plugin suggests no field');

const APPEND_OUTPUT: Schema = {
  type: 'array',
  description: 'outputs and fields added to those of rules',
  items: section('what is added, and to which rules', {
    match: section('criteria, all of which have to hold; none: every rule', {
      source: described(ANY_TEXT, 'event source of the rule'),
      tags: described({ type: 'array', items: ANY_TEXT }, 'tags, all of which the rule has'),
      rule: described(ANY_TEXT, 'name of the rule'),
    }),
    extra_output: described(ANY_TEXT, 'text added behind the output, after a blank'),
    extra_fields: described(
      { type: 'array', items: { oneOf: [ANY_TEXT, { type: 'object', additionalProperties: ANY_TEXT }] } },
      'members added to output_fields: a field by its name, or a name and an output text',
    ),
    suggested_output: WITHOUT_EFFECT,
  }),
};

/** Ours and Falco's keys in one map. The top level stays open: a falco.yaml has much that is none of our business. */
export const CONFIG_SCHEMA: Schema = {
  type: 'object',
  description: 'Configuration of falconet serve; a falco.yaml is one too.',
  properties: {
    rules_file: described({ oneOf: [TEXT, { type: 'array', items: TEXT }] }, 'older name of rules_files'),
    rules_files: described({ type: 'array', items: TEXT }, 'rule files, directories of them, or one compiled program'),
    rules: described({ type: 'array', items: { type: 'object' } }, 'entries that enable and disable rules, in order'),
    semantics: described({ type: 'string', enum: ['fixed', 'falco'] }, 'meaning of fields and events', 'fixed'),
    priority: described(TEXT, 'leave out rules that are less severe', 'debug'),
    rule_matching: described({ type: 'string', enum: ['first', 'all'] }, 'matching rules reported per event', 'first'),
    json_output: described(SWITCH, 'alerts as JSON instead of text', false),
    json_include_output_property: described(SWITCH, 'member output in JSON', true),
    json_include_message_property: described(SWITCH, 'member message in JSON', false),
    json_include_output_fields_property: described(SWITCH, 'member output_fields in JSON', true),
    json_include_tags_property: described(SWITCH, 'member tags in JSON', true),
    time_format_iso_8601: described(SWITCH, 'date and UTC in front of texts', false),
    append_output: APPEND_OUTPUT,
    hostname: described(TEXT, 'host name in alerts; default: FALCO_HOSTNAME, else of this machine'),
    max_event_size: described(SIZE, 'larger events are rejected', '4MiB'),
    watch_config_files: described(SWITCH, 'load rules and configuration again when a file changes', true),
    webhook: WEBHOOK,
    follow: described({ type: 'array', items: FOLLOW_ENTRY }, 'log files to follow'),
    stdout_output: shared('alerts to standard output', { enabled: ENABLED, required: REQUIRED_OUTPUT, format: FORMAT }),
    file_output: shared('alerts to a file, opened again on SIGUSR1', {
      enabled: ENABLED,
      required: REQUIRED_OUTPUT,
      format: FORMAT,
      filename: described({ type: 'string' }, 'file to append to'),
      keep_alive: described(SWITCH, 'false: notice by itself that the file was moved away', false),
      fsync: described(SWITCH, 'hand over means on disk, not with the kernel', false),
    }),
    http_output: shared("alerts as JSON, a POST for each, as Falco's output does it", {
      enabled: ENABLED,
      required: REQUIRED_OUTPUT,
      url: described({ type: 'string', pattern: '^(https?://.*)?$' }, 'where to'),
      user_agent: described(TEXT, 'User-Agent of the requests', 'falconet'),
      insecure: described(SWITCH, 'do not check the certificate of the receiver', false),
      ca_cert: described({ type: 'string' }, 'PEM file to check the receiver with'),
      client_cert: described({ type: 'string' }, 'PEM file of the certificate to show, with mtls'),
      client_key: described({ type: 'string' }, 'PEM file of its key, with mtls'),
      mtls: described(SWITCH, 'show client_cert', false),
      timeout: described(SECONDS, 'seconds that the receiver may take to answer', 10),
      connections: described({ type: 'integer', minimum: 1, maximum: 256 }, 'requests at the same time', 8),
      spool: SPOOL,
    }),
    syslog_output: shared('alerts to syslog', {
      enabled: ENABLED,
      required: REQUIRED_OUTPUT,
      address: described(
        { type: 'string', pattern: '^((udp|tcp)://.+:\\d+|unix:///.+)$' },
        'udp://host:port, tcp://host:port or unix:///stream/socket; default: the logger command',
      ),
    }),
    program_output: shared('alerts to the standard input of a shell command', {
      enabled: ENABLED,
      required: REQUIRED_OUTPUT,
      format: FORMAT,
      program: described({ type: 'string' }, 'shell command'),
      keep_alive: described(SWITCH, 'one process for all alerts, started again when it ends', false),
    }),
    webserver: shared('health and metrics, on a port of their own', {
      enabled: described(SWITCH, 'listen', true),
      listen_address: described({ type: 'string' }, 'address to listen on; empty: all', ''),
      listen_port: described({ type: 'integer', minimum: 0, maximum: 65_535 }, 'port; 0: any free one', 8765),
      k8s_healthz_endpoint: described({ type: 'string', pattern: '^/' }, 'path of the liveness probe', '/healthz'),
      prometheus_metrics_enabled: described(SWITCH, 'serve /metrics', true),
    }),
    load_plugins: described({ type: 'array', items: TEXT }, 'the plugins that are used'),
    plugins: described(
      { type: 'array', items: { type: 'object' } },
      'of the plugin k8saudit: open_params name the source, init_config its certificate and limits',
    ),
  },
};
