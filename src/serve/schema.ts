// A value in, what is wrong with it out: the part of JSON Schema that the configuration is written in. Unknown members of an
// object are reported where the schema closes it; everything else is left to whoever reads the value.

export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'boolean' | 'integer';
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** false: none; a schema: that of all others */
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
}

/** One line for each problem, with the place of the value; none: the value fits. */
export function problemsOf(value: unknown, schema: Schema, place = ''): readonly string[] {
  if (schema.oneOf !== undefined) return oneOfProblems(value, schema.oneOf, place);
  const name = place === '' ? 'the configuration' : place;
  if (schema.type !== undefined && !hasType(value, schema.type)) return [`${name}: expected ${ARTICLES[schema.type]}`];
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    return [`${name}: expected one of ${schema.enum.join(', ')}`];
  }
  if (typeof value === 'number') return rangeProblems(value, schema, name);
  if (typeof value === 'string') return textProblems(value, schema, name);
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => problemsOf(item, schema.items ?? {}, `${place}[${i}]`));
  }
  return schema.type === 'object' ? memberProblems(value as Record<string, unknown>, schema, place) : [];
}

const ARTICLES: Readonly<Record<NonNullable<Schema['type']>, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
};

function hasType(value: unknown, type: NonNullable<Schema['type']>): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function oneOfProblems(value: unknown, schemas: readonly Schema[], place: string): readonly string[] {
  if (schemas.some((schema) => problemsOf(value, schema, place).length === 0)) return [];
  // the form of the value's type is the one that was meant
  const meant = schemas.find(({ type }) => type !== undefined && hasType(value, type)) ?? schemas[0]!;
  return problemsOf(value, meant, place);
}

function rangeProblems(value: number, { minimum, maximum }: Schema, name: string): readonly string[] {
  if (minimum !== undefined && value < minimum) return [`${name}: expected ${minimum} or more`];
  if (maximum !== undefined && value > maximum) return [`${name}: expected ${maximum} or less`];
  return [];
}

function textProblems(value: string, { pattern, description }: Schema, name: string): readonly string[] {
  if (pattern === undefined || new RegExp(pattern).test(value)) return [];
  return [`${name}: ${JSON.stringify(value)} is not of the expected form${description ? ` (${description})` : ''}`];
}

function memberProblems(value: Record<string, unknown>, schema: Schema, place: string): readonly string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.filter((key) => value[key] === undefined).map((key) => `${join(place, key)}: is missing`);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) return problemsOf(member, known, join(place, key));
    if (typeof additionalProperties === 'object') return problemsOf(member, additionalProperties, join(place, key));
    return additionalProperties ? [] : [`${join(place, key)}: unknown key`];
  });
  return [...missing, ...members];
}

function join(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}
