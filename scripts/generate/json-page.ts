import * as z from 'zod/mini';
import { events } from '../../src/json/events.ts';
import { results } from '../../src/json/results.ts';

/** The part of JSON Schema that zod generates for ctr's schemas. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const isText = ({ properties = {} }: Schema) => Object.keys(properties).join() === 'en,zh';
const alternatives = ({ anyOf, oneOf }: Schema) => anyOf ?? oneOf ?? [];

/** Describes the type of a value briefly. */
function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (isText(schema)) return 'text';
  const several = alternatives(schema);
  if (several.length > 0) return [...new Set(several.map(typeOf))].join(' or ');
  const { type = 'any', items, prefixItems = [] } = schema;
  if (type === 'array') {
    const inside = [...prefixItems, ...(items === undefined ? [] : [items])];
    return `list of ${[...new Set(inside.map(typeOf))].join(' or ')}`;
  }
  return [type].flat().join(' or ');
}

type Row = readonly [key: string, type: string, meaning: string];

function rowsOf(schema: Schema, path: string): readonly Row[] {
  if (isText(schema)) return [];
  const { properties = {}, required = [], items, additionalProperties } = schema;
  const own = Object.entries(properties).flatMap(([key, value]): readonly Row[] => {
    const at = `${path}${path === '' ? '' : '.'}${key}`;
    const type = `${typeOf(value)}${required.includes(key) ? '' : ', may be missing'}`;
    return [[at, type, value.description ?? ''], ...rowsOf(value, at)];
  });
  const named = additionalProperties === undefined || additionalProperties === false;
  return [
    ...own,
    ...(items === undefined ? [] : rowsOf(items, `${path}[]`)),
    ...(named ? [] : rowsOf(additionalProperties, `${path}.*`)),
    ...alternatives(schema).flatMap((one) => rowsOf(one, path)),
  ];
}

/** Removes duplicate rows, since alternatives repeat their common properties. */
function unique(rows: readonly Row[]): readonly Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const [key, type, meaning] = row;
    const [, types = '', meanings = ''] = seen.get(key) ?? [];
    const all = [...new Set([...types.split(', '), ...type.split(', ')])].filter((one) => one);
    seen.set(key, [key, all.join(', '), meanings || meaning]);
  }
  return [...seen.values()];
}

function table(shape: z.core.$ZodType): string {
  const schema = z.toJSONSchema(shape) as Schema;
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = unique(rowsOf(schema, ''))
    .filter(([key]) => key !== 'version' && key !== 'event')
    .map(([key, type, meaning]) => `| \`${key}\` | ${cell(type)} | ${cell(meaning)} |`);
  return ['| key | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

const head = `# What \`--json\` prints

<!-- Generated from src/json by \`npm run generate\`. -->

- A verb prints one JSON object on standard output, its **result**: the tables below. Where standard output
  belongs to a command of yours (\`up\` in the foreground, \`exec\`, \`sandbox\`) there is none.
- What happens meanwhile is on standard error, one object a line: the **events**, warnings and errors among them.
- Each of them has \`"version": 1\`. The version goes up when a key goes or changes its meaning; new keys may come
  at any time.
- Keys are in snake_case, as in a config. A **text** is \`{ "en": …, "zh": … }\` wherever a sentence stands.
- A key is always there, unless the table says that it may be missing; what is unknown is \`null\`.
- The exit code is the same as without \`--json\`. When a verb fails there is no result but for \`validate\`,
  \`check\` and \`repair\`, whose result is what they found.
- \`logs\`, \`demo\`, \`completion\`, a lesson of \`explain\`, \`init -\`, \`plan --compare\`, \`plan --format text\` and help are there
  to be read: with \`--json\` they are refused (exit code 2, \`no-json\`). \`schema\` prints a JSON Schema, which is
  its own documentation.
`;

/** The contents of docs/json.md. */
export function jsonPage(): string {
  const verbs = Object.entries(results).map(
    ([verb, shape]) => `### ctr ${verb}\n\n${table(shape)}\n`,
  );
  const told = Object.entries(events).map(([name, shape]) => `### ${name}\n\n${table(shape)}\n`);
  return [head, '## Results\n', ...verbs, '## Events\n', ...told].join('\n');
}
