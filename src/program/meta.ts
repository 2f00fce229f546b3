// The META section: what the host needs of a program, as JSON. Value ids refer to the program's value table.

import type { Priority } from '../isa/priorities.ts';

/** How a value is printed. `number9`: at least 9 digits in texts; `time`: the event's time as a number in JSON. */
export type Render = 'string' | 'number' | 'number9' | 'bool' | 'address' | 'network' | 'time';

export type TemplatePart =
  | { readonly text: string }
  /** `width` > 0: padded or cut to as many bytes */
  | { readonly value: number; readonly render: Render; readonly width: number };

export interface RuleMeta {
  readonly name: string;
  readonly description: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly source: string;
  readonly enabled: boolean;
  /** the message, appended output included */
  readonly output: readonly TemplatePart[];
  /** output_fields without the prefix's time field: key, value; in no particular order */
  readonly fields: readonly { readonly key: string; readonly value: number; readonly render: Render }[];
  /** appended fields whose value is a formatted text: key -> template */
  readonly formatted: readonly { readonly key: string; readonly output: readonly TemplatePart[] }[];
}

export interface ProgramMeta {
  readonly semantics: 'falco' | 'fixed';
  readonly source: string;
  readonly plugins: readonly { readonly name: string; readonly version: string }[];
  readonly requiredEngineVersion: string;
  readonly rules: readonly RuleMeta[];
  /** values that all alerts carry besides those that they print, as the compiler was asked */
  readonly carried?: readonly number[];
}
