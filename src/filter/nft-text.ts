import { isObject, type Json } from './json.ts';

function list(values: readonly Json[]): string {
  return values.map(expression).join(', ');
}

/** An expression of libnftables-json(5) in the syntax of nft(8). */
function expression(value: Json): string {
  if (Array.isArray(value)) return value.map(expression).join(',');
  if (!isObject(value)) return String(value);
  const [key = '', inner] = Object.entries(value)[0] ?? [];
  if (key === 'set' && Array.isArray(inner)) return `{ ${list(inner)} }`;
  if (key === 'concat' && Array.isArray(inner)) return inner.map(expression).join(' . ');
  if (key === 'range' && Array.isArray(inner)) return inner.map(expression).join('-');
  if (['&', '|', '^', '<<', '>>'].includes(key) && Array.isArray(inner)) {
    return inner.map(expression).join(` ${key} `);
  }
  if (!isObject(inner)) return key;
  switch (key) {
    case 'meta':
      return /^[io]if/.test(String(inner.key)) ? String(inner.key) : `meta ${inner.key}`;
    case 'ct':
      return ['ct', inner.dir, inner.key].filter((word) => word !== undefined).join(' ');
    case 'payload':
      return inner.protocol === undefined
        ? `@${inner.base},${inner.offset},${inner.len}`
        : `${inner.protocol} ${inner.field}`;
    case 'prefix':
      return `${expression(inner.addr)}/${inner.len}`;
    case 'fib':
      return `fib ${[inner.flags].flat().join(' . ')} ${inner.result}`;
    case 'elem':
      return expression(inner.val);
    default:
      return key;
  }
}

function isInterface(left: Json): boolean {
  return isObject(left) && isObject(left.meta) && /^[io]if|brname$/.test(String(left.meta.key));
}

/** nft(8) quotes interface names. */
function quoted(value: Json): Json {
  if (typeof value === 'string' && !value.startsWith('@')) return `"${value}"`;
  if (isObject(value) && Array.isArray(value.set)) return { set: value.set.map(quoted) };
  return value;
}

function existence(left: Json, right: Json): Json {
  if (typeof right !== 'boolean' || !isObject(left) || left.fib === undefined) return right;
  return right ? 'exists' : 'missing';
}

function match({ op, left, right }: Readonly<Record<string, Json>>): string {
  const shown = isInterface(left) ? quoted(right) : existence(left, right);
  const sign = op === '==' || op === 'in' ? '' : `${op} `;
  return `${expression(left)} ${sign}${expression(shown)}`;
}

function element(entry: Json): string {
  const [key, verdict] = Array.isArray(entry) ? entry : [];
  return `${expression(key)} : ${statement(verdict)}`;
}

function map({ key, data }: Readonly<Record<string, Json>>): string {
  const elements = isObject(data) && Array.isArray(data.set) ? data.set : undefined;
  const shown = elements === undefined ? String(data) : `{ ${elements.map(element).join(', ')} }`;
  return `${expression(key)} vmap ${shown}`;
}

function statement(value: Json): string {
  if (!isObject(value)) return '…';
  const [key = '', inner] = Object.entries(value)[0] ?? [];
  if (!isObject(inner)) return key;
  switch (key) {
    case 'match':
      return match(inner);
    case 'vmap':
      return map(inner);
    case 'jump':
    case 'goto':
      return `${key} ${inner.target}`;
    case 'limit':
      return `limit rate ${inner.inv === true ? 'over ' : ''}${inner.rate}/${inner.per}`;
    case 'ct count':
      return `ct count ${inner.inv === true ? 'over ' : ''}${inner.val}`;
    case 'reject':
      return ['reject', ...(inner.type === undefined ? [] : ['with', inner.type]), inner.expr]
        .filter((word) => word !== undefined)
        .join(' ');
    case 'snat':
    case 'dnat':
      return `${key} to ${expression(inner.addr)}`;
    case 'mangle':
      return `${expression(inner.key)} set ${expression(inner.value)}`;
    case 'xt':
      return inner.type === 'target' ? `-j ${inner.name}` : `-m ${inner.name}`;
    default:
      return key;
  }
}

const unsaid = new Set(['counter', 'comment', 'last']);

/** The statements of a rule as nft(8) lists them. For an unknown statement, only its name. */
export function nftText(statements: readonly Json[]): string {
  return statements
    .filter((one) => !isObject(one) || !unsaid.has(Object.keys(one)[0] ?? ''))
    .map(statement)
    .join(' ');
}
