// The counters of the sidecar, as Prometheus sees them. Every event received is evaluated or rejected, for each source; every
// alert is handed to an output, has failed there, or is one that was handed over before.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts } from '../runtime/index.ts';
import type { OutputAlert } from './outputs/output.ts';

const LAG_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export interface RuleSetIdentity {
  /** of the compiled program */
  readonly digest: string;
  readonly rules: number;
}

export class Metrics {
  readonly registry: Registry = new Registry();
  readonly #received: Counter<'source'>;
  readonly #evaluated: Counter<'source'>;
  readonly #rejected: Counter<'source' | 'reason'>;
  readonly #alerts: Counter<'rule' | 'priority'>;
  readonly #repeated: Counter;
  readonly #lag: Histogram<'source'>;
  readonly #requests: Counter<'code'>;
  readonly #answers: Histogram;
  readonly #delivered: Counter<'output'>;
  readonly #failed: Counter<'output'>;
  readonly #retried: Counter<'output'>;
  readonly #dropped: Counter<'output'>;
  readonly #reloads: Counter<'result'>;
  readonly #lastReload: Gauge;
  readonly #rules: Gauge;
  readonly #ruleSet: Gauge<'digest'>;

  constructor(build: { readonly version: string; readonly variant: string }) {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });
    const registers = [registry];
    const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> =>
      new Counter({ name: `falconet_${name}`, help, labelNames, registers });
    const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> =>
      new Gauge({ name: `falconet_${name}`, help, labelNames, registers });
    this.#received = counter('events_received_total', 'Events received', ['source']);
    this.#evaluated = counter('events_evaluated_total', 'Events evaluated', ['source']);
    this.#rejected = counter('events_rejected_total', 'Events and payloads not evaluated', ['source', 'reason']);
    this.#alerts = counter('alerts_total', 'Alerts, repeated ones left out', ['rule', 'priority']);
    this.#repeated = counter('alerts_repeated_total', 'Alerts of requests sent again, not handed over again');
    this.#requests = counter('webhook_requests_total', 'Requests to the webhook by status of the answer', ['code']);
    this.#delivered = counter('output_alerts_total', 'Alerts handed over', ['output']);
    this.#failed = counter('output_failures_total', 'Alerts that could not be handed over', ['output']);
    this.#retried = counter('output_retries_total', 'Tries after the first to hand an alert over', ['output']);
    this.#dropped = counter('output_dropped_total', 'Alerts given up', ['output']);
    this.#reloads = counter('reloads_total', 'Reloads of rules and configuration', ['result']);
    this.#lastReload = gauge('last_reload_timestamp_seconds', 'Time of the last good load');
    this.#rules = gauge('rules', 'Rules in the set');
    this.#ruleSet = gauge('ruleset_info', 'The rule set in use', ['digest']);
    gauge('build_info', 'This build', ['version', 'engine']).set({ version: build.version, engine: build.variant }, 1);
    this.#lag = new Histogram({
      name: 'falconet_detection_lag_seconds',
      help: 'From the stageTimestamp of an event to its alert',
      labelNames: ['source'],
      buckets: LAG_SECONDS,
      registers,
    });
    this.#answers = new Histogram({
      name: 'falconet_webhook_answer_seconds',
      help: 'From the last byte of a request to its answer',
      buckets: ANSWER_SECONDS,
      registers,
    });
  }

  /** A value that is looked up when it is asked for. */
  watch(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `falconet_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** As `watch`, for a value with one label. */
  watchEach(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void {
    new Gauge({
      name: `falconet_${name}`,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, number] of read()) this.set({ [label]: value }, number);
      },
    });
  }

  counted(source: string, counts: Counts): void {
    this.#received.inc({ source }, counts.received);
    this.#evaluated.inc({ source }, counts.evaluated);
    for (const [reason, count] of Object.entries(counts.rejected)) this.#rejected.inc({ source, reason }, count);
  }

  rejected(source: string, reason: string, count: number): void {
    this.#received.inc({ source }, count);
    this.#rejected.inc({ source, reason }, count);
  }

  alerted(source: string, alerts: readonly (OutputAlert & { readonly timeMs: number })[]): void {
    const now = Date.now();
    const lag = this.#lag.labels({ source });
    const counts = new Map<string, { readonly priority: string; count: number }>();
    for (const { rule, priority, timeMs } of alerts) {
      lag.observe(Math.max(0, now - timeMs) / 1000);
      const row = counts.get(rule);
      if (row === undefined) counts.set(rule, { priority, count: 1 });
      else row.count += 1;
    }
    for (const [rule, { priority, count }] of counts) this.#alerts.inc({ rule, priority }, count);
  }

  repeated(count: number): void {
    this.#repeated.inc(count);
  }

  answered(code: number, seconds: number | undefined): void {
    this.#requests.inc({ code: String(code) });
    if (seconds !== undefined) this.#answers.observe(seconds);
  }

  delivered(output: string, count: number): void {
    this.#delivered.inc({ output }, count);
  }

  failed(output: string, count: number): void {
    this.#failed.inc({ output }, count);
  }

  retried(output: string, count: number): void {
    this.#retried.inc({ output }, count);
  }

  dropped(output: string, count: number): void {
    this.#dropped.inc({ output }, count);
  }

  loaded({ digest, rules }: RuleSetIdentity): void {
    this.#ruleSet.reset();
    this.#ruleSet.set({ digest }, 1);
    this.#rules.set(rules);
    this.#lastReload.setToCurrentTime();
  }

  reloaded(result: 'changed' | 'unchanged' | 'failed'): void {
    this.#reloads.inc({ result });
  }
}
