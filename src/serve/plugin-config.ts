// What a falco.yaml says about its plugin k8saudit, as keys of ours: open_params name a source, init_config its limits and its
// certificate. Keys that are written for us already win.

export interface PluginKeys {
  readonly keys: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
  readonly ignored: readonly IgnoredKey[];
}

export interface IgnoredKey {
  readonly text: string;
  /** path in the configuration */
  readonly place: string;
}

interface Plugin {
  readonly name?: unknown;
  readonly init_config?: unknown;
  readonly open_params?: unknown;
}

const PLUGIN = 'k8saudit';
/** Plugins whose fields rules use, and which need no configuration here. */
const BUILT_IN: readonly string[] = [PLUGIN, 'json'];

/** The configuration's keys with those of the plugin added. */
export function k8sauditKeys(written: Readonly<Record<string, unknown>>): PluginKeys {
  const plugins = (written.plugins ?? []) as readonly Plugin[];
  const loaded = written.load_plugins as readonly string[] | undefined;
  const isLoaded = ({ name }: Plugin): boolean => loaded === undefined || loaded.includes(String(name));
  const ignored = plugins.flatMap((one, i) =>
    isLoaded(one) && !BUILT_IN.includes(String(one.name))
      ? [{ text: `plugins: ${String(one.name)}`, place: `plugins[${i}]` }]
      : [],
  );
  const plugin = plugins.find((one) => one.name === PLUGIN && isLoaded(one));
  if (plugin === undefined) return { keys: written, problems: [], ignored };
  const init = initConfig(plugin.init_config);
  if (init === undefined)
    return { keys: written, problems: [`plugins: ${PLUGIN}: init_config cannot be read`], ignored };
  const source = sourceOf(String(plugin.open_params ?? '').trim(), init);
  const limits = init.maxeventsize === undefined ? {} : { max_event_size: init.maxeventsize };
  return {
    keys: { ...limits, ...source.keys, ...written },
    problems: source.problems,
    ignored: [...ignored, ...ignoredInit(plugin.init_config, `plugins[${plugins.indexOf(plugin)}].init_config`)],
  };
}

/** By lower-case name, as the plugin reads them; undefined: not a map. */
function initConfig(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null || value === '') return {};
  try {
    const map = typeof value === 'string' ? JSON.parse(value) : value;
    if (typeof map !== 'object' || map === null || Array.isArray(map)) return undefined;
    return Object.fromEntries(Object.entries(map).map(([key, member]) => [key.toLowerCase(), member]));
  } catch {
    return undefined;
  }
}

function ignoredInit(written: unknown, place: string): readonly IgnoredKey[] {
  const known = ['sslcertificate', 'maxeventsize', 'webhookmaxbatchsize'];
  const keys = Object.keys(typeof written === 'string' ? (initConfig(written) ?? {}) : (written ?? {}));
  return keys
    .filter((key) => !known.includes(key.toLowerCase()))
    .map((key) => ({ text: `plugins: ${PLUGIN}: init_config.${key}`, place: `${place}.${key}` }));
}

function sourceOf(
  params: string,
  init: Readonly<Record<string, unknown>>,
): { readonly keys: Readonly<Record<string, unknown>>; readonly problems: readonly string[] } {
  if (params === '') return { keys: {}, problems: [] };
  const source = parseSourceUrl(params);
  if (source === undefined) {
    return {
      keys: {},
      problems: [`plugins: ${PLUGIN}: open_params ${params}: expected http://, https:// or file:///`],
    };
  }
  if (source.kind === 'file') return { keys: { follow: [{ path: source.path }] }, problems: [] };
  const certificate = init.sslcertificate ?? '/etc/falco/falco.pem';
  const webhook = {
    listen_address: source.host,
    listen_port: source.port,
    path: source.path,
    ...(init.webhookmaxbatchsize === undefined ? {} : { max_body_size: init.webhookmaxbatchsize }),
    ...(source.isSecure ? { tls: { certificate } } : {}),
  };
  return { keys: { webhook }, problems: [] };
}

export type SourceUrl =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'web';
      readonly isSecure: boolean;
      readonly host: string;
      readonly port: number;
      readonly path: string;
    };

/** `https://host:port/path` with an empty host for all addresses, or `file:///path`. */
export function parseSourceUrl(text: string): SourceUrl | undefined {
  const file = /^file:\/\/(\/.*)$/is.exec(text)?.[1];
  if (file !== undefined) {
    const path = decoded(file);
    return path === undefined ? undefined : { kind: 'file', path };
  }
  const web = /^(https?):\/\/(\[[^\]]*\]|[^/:?#]*):(\d{1,5})(\/[^?#]*)?$/i.exec(text);
  if (web === null || Number(web[3]) > 65_535) return undefined;
  const path = decoded(web[4] ?? '/k8s-audit');
  if (path === undefined) return undefined;
  const host = web[2]!.replace(/^\[|\]$/g, '');
  return { kind: 'web', isSecure: web[1]!.toLowerCase() === 'https', host, port: Number(web[3]), path };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
