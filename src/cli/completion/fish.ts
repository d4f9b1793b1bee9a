import {
  type ArgumentRow,
  firstWords,
  type OptionRow,
  optionsOf,
  type Table,
  type Values,
  type VerbRow,
  valued,
} from './table.ts';

/** fish(1) unescapes only quotes and backslashes in single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

/** The flags of complete(1) that offer these values. */
function offer(name: string, table: Table, values: Values): string {
  if (values === 'verbs') return `-a ${quote(firstWords(table).join(' '))}`;
  if (typeof values !== 'string') return `-a ${quote(values.join(' '))}`;
  const flags = {
    files: '-F',
    directories: "-a '(__fish_complete_directories)'",
    programs: "-F -a '(complete -C (commandline -ct))'",
    runs: `-a '(__${name}_runs)'`,
    containers: `-a '(__${name}_containers)'`,
    kept: `-a '(__${name}_containers -a)'`,
    unknown: '',
  } satisfies Record<string, string>;
  return flags[values];
}

function optionLine(name: string, table: Table, place: string, option: OptionRow): string {
  const { short, long, says, value } = option;
  return [
    `complete -c ${name} -n ${quote(place)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)} -d ${quote(says)}`,
    ...(value === undefined ? [] : [`-r ${offer(name, table, value.values)}`.trimEnd()]),
  ].join(' ');
}

function argumentLine(name: string, table: Table, verb: VerbRow, at: number, one: ArgumentRow) {
  const place = [`__${name}_at`, quote(verb.name), ...(one.variadic ? [] : [at])].join(' ');
  return `complete -c ${name} -n ${quote(place)} ${offer(name, table, one.values)}`;
}

function verbLines(name: string, table: Table, verb: VerbRow): readonly string[] {
  const ours = verb.beforeCommand === undefined ? '' : ' 0';
  const place = `__${name}_at ${quote(verb.name)}${ours}`;
  const space = verb.name.lastIndexOf(' ');
  const parent = verb.name.slice(0, Math.max(0, space));
  return [
    '',
    `complete -c ${name} -n ${quote(`__${name}_at ${quote(parent)} 0`)} -a ${verb.name.slice(space + 1)} -d ${quote(verb.says)}`,
    ...optionsOf(table, verb).map((option) => optionLine(name, table, place, option)),
    ...verb.arguments.flatMap((one, at) =>
      one.values === 'unknown' ? [] : [argumentLine(name, table, verb, at, one)],
    ),
  ];
}

/**
 * Completions for fish(1), complete(1).
 * @param name the name by which the program was called, used in the functions' names.
 * @param completed the commands to complete.
 */
export function fishCompletion(table: Table, name: string, completed: readonly string[]): string {
  const inner = table.verbs.filter((verb) => verb.name.includes(' '));
  return `# Completion of ${completed.join(' and ')} for fish, made by: ${name} completion fish

# Whether this verb stands before the cursor, with so many arguments where a number is given.
function __${name}_at
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l verb ''
    set -l operands 0
    set -l value no
    for token in $tokens
        if test $value = yes
            set value no
        else if contains -- $token ${valued(table).join(' ')}
            set value yes
        else if string match -q -- '-*' $token
            continue
        else if test -z "$verb"
            set verb $token
        else
            switch "$verb $token"
${inner.map((verb) => `                case ${quote(verb.name)}\n                    set verb ${quote(verb.name)}\n`).join('')}                case '*'
                    set operands (math $operands + 1)
            end
        end
    end
    test "$verb" = "$argv[1]"; and test (count $argv) -lt 2 -o "$operands" = "$argv[2]"
end

function __${name}_ask
    set -l tokens (commandline -opc)
    set -l directory
    for at in (seq (count $tokens))
        switch $tokens[$at]
            case --state-dir
                set directory --state-dir $tokens[(math $at + 1)]
            case '--state-dir=*'
                set directory $tokens[$at]
        end
    end
    $tokens[1] $directory ps $argv 2>/dev/null
end

function __${name}_runs
    __${name}_ask -q
end

# With -a also containers that have ended.
function __${name}_containers
    if string match -q '*/*' (commandline -ct)
        for line in (__${name}_ask $argv)[2..]
            set -l columns (string split -n ' ' $line)
            test $columns[2] = -; or echo $columns[1]/$columns[2]
        end
    else
        __${name}_ask -q $argv
    end
end

complete -c ${name} -e
complete -c ${name} -f
${completed
  .filter((one) => one !== name)
  .map((one) => `complete -c ${one} -w ${name}\n`)
  .join(
    '',
  )}${table.options.map((option) => `${optionLine(name, table, `__${name}_at '' 0`, option)}\n`).join('')}${table.verbs
  .flatMap((verb) => verbLines(name, table, verb))
  .map((line) => `${line}\n`)
  .join('')}`;
}
