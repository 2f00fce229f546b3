// The sidecar as a whole: sources, rules and outputs from one configuration, loaded again while it runs, stopped without losing what
// was acknowledged.

import type { FollowConfig, ServeConfig } from './config.ts';
import { Delivery } from './delivery.ts';
import { type FileStates, FileWatch, fileStates } from './file-watch.ts';
import type { FollowParts } from './follow/follower.ts';
import { Places } from './follow/places.ts';
import { FollowSource } from './follow/source.ts';
import { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { Pipeline } from './pipeline.ts';
import { differences, loadRuleSet, type ReadRules, type RuleSet } from './rule-set.ts';
import { StatusServer } from './status-server.ts';
import { Webhook } from './webhook.ts';

/** Kubernetes kills 30 s after SIGTERM: requests get the first part of that, outputs the rest. */
const STOP_REQUESTS_MS = 10_000;
const STOP_OUTPUTS_MS = 17_000;

export interface Loaded {
  readonly config: ServeConfig;
  /** keys of the configuration that have no effect */
  readonly ignored: readonly string[];
}

export interface SidecarParts {
  /** @throws with a message for people */
  readonly loadConfig: () => Promise<Loaded>;
  /** the file that `loadConfig` reads, if it is one */
  readonly configFile?: string;
  readonly readRules: ReadRules;
  readonly hostname: string;
  readonly version: string;
}

export class Sidecar {
  readonly #parts: SidecarParts;
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #delivery: Delivery;
  readonly #pipeline: Pipeline;
  #config: ServeConfig;
  #rules: RuleSet;
  #webhook: Webhook | undefined;
  #status: StatusServer | undefined;
  #follow: readonly FollowSource[] = [];
  #watches: readonly FileWatch[] = [];
  #reloading: Promise<void> = Promise.resolve();
  #stopping: Promise<boolean> | undefined;
  #isListening = false;

  private constructor(
    parts: SidecarParts,
    log: Log,
    metrics: Metrics,
    delivery: Delivery,
    loaded: Loaded,
    rules: RuleSet,
  ) {
    this.#parts = parts;
    this.#log = log;
    this.#metrics = metrics;
    this.#delivery = delivery;
    this.#config = loaded.config;
    this.#rules = rules;
    this.#pipeline = new Pipeline(rules.engine, delivery, metrics, loaded.config.webhook?.retryWindow ?? 0);
  }

  /**
   * Loads everything and begins to listen.
   * @throws with a message for people when something does not load
   */
  static async start(parts: SidecarParts, log: Log = new Log()): Promise<Sidecar> {
    // what changes while it is loaded is a change
    const configState = await fileStates(configFiles(parts));
    const loaded = await parts.loadConfig();
    const ruleStates = await fileStates(loaded.config.rules.files);
    const rules = await loadRuleSet(loaded.config.rules, parts.readRules, parts.hostname);
    const metrics = new Metrics({ version: parts.version, variant: rules.engine.variant });
    const delivery = new Delivery(metrics, log, parts.hostname);
    await delivery.configure(loaded.config.outputs);
    metrics.loaded(rules);
    const sidecar = new Sidecar(parts, log, metrics, delivery, loaded, rules);
    sidecar.#noteIgnored(loaded.ignored);
    for (const note of rules.notes) log.note(`warning: ${note}`);
    log.note(`${countOf(rules.rules, 'rule')} (set ${rules.digest}), ${countOf(rules.warnings, 'warning')}`);
    try {
      await sidecar.#open(new Map([...configState, ...ruleStates]));
    } catch (error) {
      // nothing that was opened keeps the process from ending
      await sidecar.stop();
      throw error;
    }
    return sidecar;
  }

  /** Rules and configuration from their files again; with any error everything stays as it is. One reload at a time. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => (this.#stopping === undefined ? this.#reload() : undefined));
    return this.#reloading;
  }

  /** Files that were moved away are opened again. */
  reopen(): void {
    this.#delivery.reopen();
  }

  /** Finishes what was begun, hands over what is left; false when an output did not take it in time. */
  stop(): Promise<boolean> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #open(seen: FileStates): Promise<void> {
    const { webhook, follow, status } = this.#config;
    const parts = { pipeline: this.#pipeline, metrics: this.#metrics, log: this.#log };
    if (status !== undefined) {
      this.#status = new StatusServer(status, this.#metrics, () => this.#notReady());
      this.#log.note(`health and metrics on ${await this.#status.listen()}`);
    }
    this.#follow = followSources(follow, parts);
    this.#metrics.watchEach('follow_backlog_bytes', 'Bytes of followed files not read yet', 'file', () =>
      this.#follow.flatMap(({ followers }) => followers.map(({ path, backlog }) => [path, backlog] as const)),
    );
    for (const [i, source] of this.#follow.entries()) {
      await source.start();
      this.#log.note(`following ${follow[i]!.path}`);
    }
    if (webhook !== undefined) {
      const server = new Webhook(webhook, parts);
      this.#log.note(`listening on ${await server.listen()}`);
      this.#webhook = server;
    }
    this.#isListening = true;
    await this.#watch(seen);
  }

  async #watch(seen: FileStates): Promise<void> {
    const secrets = this.#webhook?.files ?? [];
    const refresh = new FileWatch(
      () => secrets,
      await fileStates(secrets),
      () => this.#refreshSecrets(),
    );
    const files = (): readonly string[] => [...configFiles(this.#parts), ...this.#config.rules.files];
    this.#watches = this.#config.watch ? [refresh, new FileWatch(files, seen, () => void this.reload())] : [refresh];
  }

  /**
   * Outputs that fail are no reason to be unready: without an endpoint API servers give a batch up after 92 s, while an answer with
   * Retry-After makes them hold it for minutes.
   */
  #notReady(): readonly string[] {
    if (this.#stopping !== undefined) return ['stopping'];
    return this.#isListening ? [] : ['starting'];
  }

  #refreshSecrets(): void {
    try {
      this.#webhook?.refresh();
      this.#log.note('certificates and tokens are loaded again');
    } catch (error) {
      this.#log.note(`certificates and tokens stay as they were: ${(error as Error).message}`);
    }
  }

  async #reload(): Promise<void> {
    try {
      const { config, ignored } = await this.#parts.loadConfig();
      const rules = await loadRuleSet(config.rules, this.#parts.readRules, this.#parts.hostname);
      // a file that is being written, or was written to a full disk; who wants no alerts disables the rules
      if (rules.rules === 0 && this.#rules.rules > 0) throw new Error('the rule files hold no rule');
      this.#pipeline.forgetOutputs(await this.#delivery.configure(config.outputs));
      this.#pipeline.exchange(rules.engine);
      const changes = [differences(this.#rules, rules), ...this.#configChanges(config)].filter(
        (text) => text !== undefined,
      );
      this.#rules = rules;
      this.#config = { ...this.#config, rules: config.rules, outputs: config.outputs };
      this.#metrics.loaded(rules);
      this.#metrics.reloaded(changes.length === 0 ? 'unchanged' : 'changed');
      this.#noteIgnored(ignored);
      for (const note of rules.notes) this.#log.note(`warning: ${note}`);
      this.#log.note(`reloaded, set ${rules.digest}: ${changes.length === 0 ? 'nothing changed' : changes.join('; ')}`);
    } catch (error) {
      this.#metrics.reloaded('failed');
      this.#log.note(`not reloaded, everything stays as it was: ${(error as Error).message}`);
    }
  }

  #configChanges(config: ServeConfig): readonly string[] {
    const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
    const changes: string[] = [];
    if (!isEqual(config.outputs, this.#config.outputs)) changes.push('outputs changed');
    for (const key of ['webhook', 'follow', 'status', 'watch'] as const) {
      if (!isEqual(config[key], this.#config[key])) changes.push(`${key} changed, which takes a restart`);
    }
    return changes;
  }

  #noteIgnored(ignored: readonly string[]): void {
    if (ignored.length > 0) this.#log.note(`configuration keys without effect here: ${ignored.join(', ')}`);
  }

  async #stop(): Promise<boolean> {
    const begun = performance.now();
    this.#log.note('stopping');
    for (const watch of this.#watches) watch.stop();
    await this.#reloading;
    await Promise.all([
      this.#webhook?.stop(begun + STOP_REQUESTS_MS),
      ...this.#follow.map((source) => within(source.stop(), STOP_REQUESTS_MS)),
    ]);
    const isClosed = await this.#delivery.close(begun + STOP_OUTPUTS_MS);
    this.#status?.stop();
    this.#log.note(isClosed ? 'stopped' : 'stopped, an output did not take everything');
    return isClosed;
  }
}

function configFiles({ configFile }: SidecarParts): readonly string[] {
  return configFile === undefined ? [] : [configFile];
}

/** Entries that keep their places in the same file share them. */
function followSources(entries: readonly FollowConfig[], parts: FollowParts): readonly FollowSource[] {
  const places = new Map<string | undefined, Places>();
  for (const { state } of entries) {
    if (!places.has(state)) {
      places.set(state, new Places(state, (message) => parts.log.report(state ?? 'follow', message)));
    }
  }
  return entries.map((entry) => new FollowSource(entry, places.get(entry.state)!, parts));
}

function within(work: Promise<void>, ms: number): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
