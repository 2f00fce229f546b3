// What a field catalogue is. The built-in one (fields.ts) describes k8s audit events; an embedder may pass another.

/** Falco's plugin field types. */
export type FieldType = 'string' | 'uint64' | 'bool' | 'reltime' | 'abstime' | 'ipaddr' | 'ipnet';

export interface FieldArg {
  /** `either`: digits without leading zero are an index, and the text is a key as well */
  readonly kind: 'index' | 'key' | 'either';
  readonly required: boolean;
}

/**
 * How a field's value is found in the event. Paths are decoded reference tokens; algorithm names are those of the field
 * documentation (README, fields).
 */
export type Extraction =
  | { readonly op: 'walk'; readonly path: readonly string[] }
  | { readonly op: 'walk_list'; readonly path: readonly string[] }
  | {
      readonly op:
        | 'multi_skip'
        | 'multi_all'
        | 'multi_repository'
        | 'multi_join'
        | 'multi_ports'
        | 'multi_flatten'
        | 'multi_first'
        | 'multi_first_repository'
        | 'any_true'
        | 'rule_attribute'
        | 'volume_keys'
        | 'json_elements';
      readonly path: readonly string[];
    }
  /** containers' own key, else the default's; falco: /spec/<key> and a constant 0, fixed: securityContext */
  | { readonly op: 'effective_id'; readonly path: readonly string[]; readonly key: string }
  | { readonly op: 'hostpath_match'; readonly path: readonly string[] }
  | { readonly op: 'subjects'; readonly kind: string; readonly namespaced: boolean }
  | { readonly op: 'uri_param' }
  | { readonly op: 'pod_name' }
  | { readonly op: 'constant_true' }
  | { readonly op: 'pointer' }
  | { readonly op: 'document_indented' }
  | { readonly op: 'rawtime_text' }
  /** generic event field; the text after `evt.` */
  | { readonly op: 'event'; readonly property: string }
  /** embedder's field: JSON Pointer that may hold `*`; `argPath` holds `{arg}` */
  | { readonly op: 'custom'; readonly path?: string; readonly argPath?: string };

export interface FieldDef {
  readonly name: string;
  readonly type: FieldType;
  readonly list: boolean;
  readonly arg?: FieldArg;
  /** one line for `list fields` and the documentation */
  readonly doc: string;
  readonly extract: Extraction;
  /** where `fixed` differs */
  readonly extractFixed?: Extraction;
  /** absent unless the event has an auditID (every ka.* field) */
  readonly gated?: boolean;
  /** of an ipnet field that Falco does not have: prints its address, where Falco prints the name of the type */
  readonly printsAddress?: boolean;
}

export interface Catalogue {
  /** event source of the rules that can be evaluated, e.g. k8s_audit */
  readonly source: string;
  /** plugins that required_plugin_versions may name; the first one is evt.pluginname */
  readonly plugins: readonly { readonly name: string; readonly version: string }[];
  /** where an event's time stands; absent: payloads are audit Events, time is /stageTimestamp */
  readonly time?: readonly string[];
  /** what the plugin gives as evt.plugininfo: the event's whole text; absent: nothing, and Falco tells of its first bytes */
  readonly summary?: 'document';
  readonly fields: ReadonlyMap<string, FieldDef>;
  /** fields that rules can use under `fixed` only, and this is the catalogue of `falco` */
  readonly fixedOnly?: ReadonlySet<string>;
}
