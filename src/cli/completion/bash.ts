import { shellQuote } from '../../model/command.ts';
import {
  firstWords,
  optionsOf,
  spellings,
  type Table,
  type Values,
  type VerbRow,
  valued,
} from './table.ts';

const quoted = (words: readonly string[]) => words.map(shellQuote).join(' ');

/** The call of the function that offers these values. */
function offer(name: string, table: Table, values: Values): string {
  if (values === 'verbs') return `_${name}_words ${quoted(firstWords(table))}`;
  if (typeof values === 'string') return `_${name}_${values}`;
  return `_${name}_words ${quoted(values)}`;
}

function argumentCases(name: string, table: Table, verb: VerbRow): readonly string[] {
  const inner =
    verb.verbs.length > 0 ? [`'${verb.name} 0') _${name}_words ${quoted(verb.verbs)} ;;`] : [];
  return [
    ...inner,
    ...verb.arguments
      .filter(({ values }) => values !== 'unknown')
      .map((one, at) => {
        const place = one.variadic ? `${shellQuote(`${verb.name} `)}*` : `'${verb.name} ${at}'`;
        return `${place}) ${offer(name, table, one.values)} ;;`;
      }),
  ];
}

function valueCases(name: string, table: Table): readonly string[] {
  const cases = [{ name: '', options: table.options }, ...table.verbs].flatMap(
    ({ name: verb, options }) =>
      options.flatMap((option) => {
        const { value } = option;
        if (value === undefined || value.values === 'unknown') return [];
        return spellings(option).map((flag) => {
          const place = verb === '' ? `*' ${flag}'` : `'${verb} ${flag}'`;
          return `${place}) ${offer(name, table, value.values)} ;;`;
        });
      }),
  );
  return cases;
}

function optionCases(name: string, table: Table): readonly string[] {
  const all = [
    { verb: '', options: table.options },
    ...table.verbs.map((verb) => ({ verb: verb.name, options: optionsOf(table, verb) })),
  ];
  return all.map(
    ({ verb, options }) => `'${verb}') _${name}_words ${quoted(options.flatMap(spellings))} ;;`,
  );
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `      ${line}\n`).join('');
}

/**
 * A completion function for bash(1), "Programmable Completion". It works without bash-completion.
 * @param name the name by which the program was called, used in the functions' names.
 * @param completed the commands to complete.
 */
export function bashCompletion(table: Table, name: string, completed: readonly string[]): string {
  const commands = table.verbs.flatMap(({ name: verb, beforeCommand }) =>
    beforeCommand === undefined ? [] : `'${verb} ${Math.max(1, beforeCommand)}'`,
  );
  return `# Completion of ${completed.join(' and ')} for bash, made by: ${name} completion bash

_${name}_words() {
  local word
  for word; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

_${name}_files() {
  compopt -o default
}

_${name}_directories() {
  compopt -o dirnames
}

_${name}_programs() {
  if ((operands > 0)); then
    _${name}_files
  else
    mapfile -t COMPREPLY < <(compgen -c -- "$cur")
  fi
}

_${name}_ask() {
  "\${COMP_WORDS[0]}" "\${state[@]}" ps "$@" 2>/dev/null
}

_${name}_runs() {
  local names
  mapfile -t names < <(_${name}_ask -q "$@")
  _${name}_words "\${names[@]}"
}

_${name}_containers() {
  local run container rest
  if [[ $cur != */* ]]; then
    _${name}_runs "$@"
    return
  fi
  while read -r run container rest; do
    [[ $run == NAME || $container == - ]] || _${name}_words "$run/$container"
  done < <(_${name}_ask "$@")
}

_${name}_kept() {
  _${name}_containers -a
}

# What stands before the cursor: the verb, how many arguments it has, the option that waits for its value.
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} verb='' option='' operands=0 ended='' at word
  local state=()
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    # Bash takes debian:trixie for three words, and --lang=zh as well.
    if [[ $word == : || \${COMP_WORDS[at - 1]} == : ]]; then continue; fi
    if [[ $option ]]; then
      if [[ $word == = ]]; then continue; fi
      if [[ $option == --state-dir ]]; then state=(--state-dir "$word"); fi
      option=
    elif [[ ! $ended && $word == -- ]]; then
      ended=yes
    elif [[ ! $ended && $word == -* ]]; then
      case $word in
        ${valued(table).join(' | ')}) option=$word ;;
        --state-dir=*) state=("$word") ;;
      esac
    elif [[ ! $verb ]]; then
      verb=$word
    else
      case "$verb $word" in
${table.verbs
  .filter((one) => one.name.includes(' '))
  .map((one) => `        '${one.name}') verb='${one.name}' ;;\n`)
  .join('')}        *) operands=$((operands + 1)) ;;
      esac
    fi
    # What follows are the words of a command.
    case "$verb $operands" in
      ${commands.join(' | ')}) ended=yes ;;
    esac
  done
  if [[ $option && $cur == = ]]; then cur=; fi
  if [[ ! $ended && ! $option && $cur == --*=* ]]; then
    option=\${cur%%=*}
    cur=\${cur#*=}
  fi
  if [[ $cur == : || \${COMP_WORDS[COMP_CWORD - 1]} == : ]]; then
    _${name}_files
  elif [[ $option ]]; then
    case "$verb $option" in
${indented(valueCases(name, table))}    esac
  elif [[ ! $ended && $cur == -* ]]; then
    case $verb in
${indented(optionCases(name, table))}    esac
  elif [[ ! $verb ]]; then
    _${name}_words ${quoted(firstWords(table))}
  else
    case "$verb $operands" in
${indented(table.verbs.flatMap((one) => argumentCases(name, table, one)))}    esac
  fi
}

complete -F _${name} ${completed.join(' ')}
`;
}
