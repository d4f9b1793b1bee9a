import {
  firstWords,
  type OptionRow,
  optionsOf,
  spellings,
  type Table,
  type Values,
  type VerbRow,
} from './table.ts';

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Escapes characters that would end a description in zshcompsys(1), "_arguments". */
function described(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, '\\$&');
}

/** The action of zshcompsys(1) that offers these values. */
function action(name: string, table: Table, values: Values): string {
  if (values === 'verbs') return `(${firstWords(table).join(' ')})`;
  if (typeof values !== 'string') return `(${values.join(' ')})`;
  // A leading space makes zsh call the function with exactly these arguments.
  const actions = {
    files: '_files',
    directories: '_files -/',
    programs: '_normal',
    runs: ` _${name}_runs`,
    containers: ` _${name}_containers`,
    kept: ` _${name}_containers -a`,
    unknown: ' ',
  } satisfies Record<string, string>;
  return actions[values];
}

function optionSpec(name: string, table: Table, option: OptionRow): string {
  const { says, value } = option;
  const words = spellings(option);
  const rest = value === undefined ? '' : `:${value.name}:${action(name, table, value.values)}`;
  const specs = words.map((word) => {
    const others = words.length > 1 ? `(${words.join(' ')})` : '';
    const joined = value !== undefined && word.startsWith('--') ? '=' : '';
    return quote(`${others}${word}${joined}[${described(says)}]${rest}`);
  });
  return specs.join(' ');
}

function argumentSpecs(name: string, table: Table, verb: VerbRow): readonly string[] {
  return verb.arguments.map((one, at) => {
    const place = one.variadic ? '*' : `${at + 1}${one.required ? '' : ':'}`;
    // Complete the words of a command like a command line of their own.
    const alone = one.values === 'programs' ? ':' : '';
    return quote(`${place}:${alone}${one.name}:${action(name, table, one.values)}`);
  });
}

function call(flags: string, specs: readonly string[]): string {
  return `_arguments -C${flags} ${specs.map((spec) => `\\\n    ${spec}`).join(' ')}`;
}

/** Completes one of these verbs, and then what follows it. */
function choice(
  name: string,
  options: readonly string[],
  prefix: string,
  verbs: readonly VerbRow[],
): string {
  const said = verbs.map((verb) => quote(`${verb.name.slice(prefix.length)}:${verb.says}`));
  return `${call('', [...options, quote('1: :->verb'), quote('*:: :->rest')])} && return
  case $state in
    verb)
      verbs=(
${said.map((one) => `        ${one}\n`).join('')}      )
      _describe -t commands command verbs
      ;;
    rest)
      state_dir=\${opt_args[--state-dir]:-$state_dir}
      _${name}_verb "${prefix}$line[1]"
      ;;
  esac`;
}

function verbCase(name: string, table: Table, verb: VerbRow): string {
  const options = optionsOf(table, verb).map((option) => optionSpec(name, table, option));
  const inner = table.verbs.filter((one) => one.name.startsWith(`${verb.name} `));
  // Options of the user's command are not ctr's.
  const flags = verb.beforeCommand === undefined ? '' : " -A '-*'";
  const text =
    inner.length > 0
      ? choice(name, options, `${verb.name} `, inner)
      : call(flags, [...options, ...argumentSpecs(name, table, verb)]);
  return `  ${quote(verb.name)})
  ${text}
  ;;
`;
}

/**
 * A completion function for zshcompsys(1). It works from a directory in `fpath` as well as with eval.
 * @param name the name by which the program was called, used in the functions' names.
 * @param completed the commands to complete.
 */
export function zshCompletion(table: Table, name: string, completed: readonly string[]): string {
  const options = table.options.map((option) => optionSpec(name, table, option));
  const first = firstWords(table);
  return `#compdef ${completed.join(' ')}
# Completion of ${completed.join(' and ')} for zsh, made by: ${name} completion zsh

_${name}_ask() {
  local directory=\${opt_args[--state-dir]:-$state_dir}
  _call_program runs "\${(q)program} \${directory:+--state-dir $directory} ps $* 2>/dev/null"
}

_${name}_runs() {
  local -a names
  names=(\${(f)"$(_${name}_ask -q)"})
  compadd -a names
}

# With -a also containers that have ended.
_${name}_containers() {
  local -a names
  local run=\${PREFIX%%/*} line
  if compset -P '*/'; then
    for line in \${(f)"$(_${name}_ask $1)"}; do
      [[ \${\${(z)line}[1]} == $run && \${\${(z)line}[2]} != - ]] && names+=(\${\${(z)line}[2]})
    done
  else
    names=(\${(f)"$(_${name}_ask -q $1)"})
  fi
  compadd -a names
}

_${name}_verb() {
  local state line verbs
  local -A opt_args
  case $1 in
${table.verbs.map((verb) => verbCase(name, table, verb)).join('')}  esac
}

_${name}() {
  local program=$words[1] curcontext=$curcontext state_dir state line verbs
  local -A opt_args
  ${choice(
    name,
    options,
    '',
    table.verbs.filter((verb) => first.includes(verb.name)),
  )}
}

if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${completed.join(' ')}
fi
`;
}
