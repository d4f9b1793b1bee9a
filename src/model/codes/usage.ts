import { type ErrorMeaning, exits, meaning } from './meaning.ts';

/** Errors in ctr's arguments. */
export const usageErrors = {
  'both-hosts': exits(
    [2],
    meaning(
      '--sandbox and --host name two different places for the run.',
      '--sandbox 和 --host 指的是两个不同的地方。',
      'Use only one of the two.',
      '只用其中一个。',
    ),
  ),
  'down-what': exits(
    [2],
    meaning(
      '`ctr down` needs to know what to end: one run by its name, or all of them.',
      '`ctr down` 需要知道停掉什么：写一个运行名，或者全部。',
      'Write `ctr down NAME` or `ctr down --all`.',
      '写 `ctr down 名字` 或 `ctr down --all`。',
    ),
  ),
  'foreign-namespace': exits(
    [4],
    meaning(
      'The container belongs to another user, or to another user namespace: its network cannot be looked into.',
      '容器属于别的用户，或在别的用户命名空间里：无法查看它的网络。',
      'Run it with sudo.',
      '用 sudo 运行。',
    ),
  ),
  'host-network': exits(
    [2],
    meaning(
      'The container was started without a network of its own, as by `docker run --network host`.',
      '容器启动时没有单独的网络，例如用了 `docker run --network host`。',
      'Look at the network of the host: `ip addr`, `ip route`.',
      '直接查看主机的网络：`ip addr`、`ip route`。',
    ),
  ),
  'no-such-stranger': exits(
    [2],
    meaning(
      'There is no such process, container or network namespace, or it does not run.',
      '没有这个进程、容器或网络命名空间，或者它没有在运行。',
      'Look it up with the command that the message names.',
      '用提示里的命令查一下。',
    ),
  ),
  'whose-network': exits(
    [2],
    meaning(
      'More than one network was named: a run, or a container by --pid, --docker, --podman or --netns.',
      '同时指定了多个网络：运行实例，或用 --pid、--docker、--podman、--netns 指定的容器。',
      'Name one of them.',
      '只指定一个。',
    ),
  ),
  'one-report': exits(
    [2],
    meaning(
      '--html, --md and --worksheet are three different outputs.',
      '--html、--md 和 --worksheet 是三种不同的输出。',
      'Use only one of them.',
      '只用其中一个。',
    ),
  ),
  'excess-arguments': exits(
    [2],
    meaning(
      'The command line has more arguments than the command takes. Often a path or name with a space is not quoted.',
      '命令行的参数多于命令能接受的个数。常见原因是含空格的路径或名字没有加引号。',
      'See the help of the command, as in `ctr up --help`.',
      '查看该命令的帮助，例如 `ctr up --help`。',
    ),
  ),
  'graph-what': exits(
    [2],
    meaning(
      '`ctr graph` without a name draws the run that is up. There is none, or there are several.',
      '不写名字时，`ctr graph` 画出唯一正在运行的实例；现在没有运行实例，或者不止一个。',
      'Name a run of `ctr ps`, or a config.',
      '写出 `ctr ps` 列出的运行名，或者一份配置文件。',
    ),
  ),
  'incomplete-command': exits(
    [2],
    meaning(
      'The command needs another word, as `ctr rootfs` needs `create`.',
      '命令后面还缺一个词，例如 `ctr rootfs` 后面要写 `create`。',
      'See the help of the command, as in `ctr rootfs --help`.',
      '查看该命令的帮助，例如 `ctr rootfs --help`。',
    ),
  ),
  'invalid-argument': exits(
    [2],
    meaning(
      'An option has a value that it does not accept.',
      '某个选项的值不在允许的范围内。',
      'Use one of the values in the message.',
      '使用提示里的值。',
    ),
  ),
  'missing-argument': exits(
    [2],
    meaning(
      'The command lacks an argument, such as the config file of `ctr up`.',
      '命令缺少参数，例如 `ctr up` 缺少配置文件。',
      'Add it; the help shows where, as in `ctr up --help`.',
      '补上参数；写在哪里见帮助，例如 `ctr up --help`。',
    ),
  ),
  'no-json': exits(
    [2],
    meaning(
      'This output is meant for people and has no JSON form.',
      '这种输出是给人看的，没有 JSON 形式。',
      'Leave --json out.',
      '去掉 --json。',
    ),
  ),
  'no-such-target': exits(
    [2],
    meaning(
      'The target of `ctr trace` is nothing that a packet can be sent to.',
      '`ctr trace` 的目标不是可以发包的对象。',
      'Give an IPv4 address, a name, a container of the run, `gateway` or `world`; TCP and UDP need a port, as in `10.0.0.3:80`.',
      '写一个 IPv4 地址、域名、这个运行实例的容器名、`gateway` 或 `world`；TCP 和 UDP 还要写端口，例如 `10.0.0.3:80`。',
    ),
  ),
  'no-such-container': exits(
    [2, 125],
    meaning(
      'The run has no container with this name.',
      '这个运行里没有叫这个名字的容器。',
      '`ctr ps` lists the containers of every run.',
      '`ctr ps` 会列出每个运行的容器。',
    ),
  ),
  'depth-needs-text': exits(
    [2],
    meaning(
      '--brief and --focus choose how much of a plan is printed as text; JSON, a script and --compare are always whole.',
      '--brief 和 --focus 决定以文本打印计划时显示多少；JSON、脚本和 --compare 总是完整的。',
      'Leave one of the two out.',
      '两者只用其一。',
    ),
  ),
  'host-or-world': exits(
    [125],
    meaning(
      '--host and --world of `ctr exec` name two different places.',
      '`ctr exec` 的 --host 和 --world 指的是两个不同的地方。',
      'Use one of the two.',
      '两者只用其一。',
    ),
  ),
  'no-world': exits(
    [125],
    meaning(
      'Only a sandbox host has a world beside it. This run is on the machine itself, whose internet is the real one.',
      '只有沙盒主机旁边才有模拟的外部网络。这个运行实例在机器本身上，它的外部网络就是真正的互联网。',
      'Start the run with `ctr up --sandbox`, or use `ctr exec --host`.',
      '用 `ctr up --sandbox` 启动，或者改用 `ctr exec --host`。',
    ),
  ),
  'brief-and-focus': exits(
    [2],
    meaning(
      '--brief shows one line of every step, --focus shows a part of them in full.',
      '--brief 每步只显示一行，而 --focus 完整显示其中一部分。',
      'Use one of the two.',
      '两者只用其一。',
    ),
  ),
  'pace-needs-terminal': exits(
    [2],
    meaning(
      '`--pace enter` waits for a key between steps, and there is no terminal that could send one.',
      '`--pace enter` 在步骤之间等待按键，而这里没有终端可以按键。',
      'Run it in a terminal, or give seconds: `--pace 2`.',
      '在终端里运行，或者写秒数：`--pace 2`。',
    ),
  ),
  'no-such-format': exits(
    [2],
    meaning(
      '`ctr plan` has no output format with this name.',
      '`ctr plan` 没有这种输出格式。',
      '`ctr plan --help` lists the formats.',
      '`ctr plan --help` 会列出所有格式。',
    ),
  ),
  'no-such-shell': exits(
    [2],
    meaning(
      '`ctr completion` has no script for this shell.',
      '`ctr completion` 没有适用于这个 shell 的脚本。',
      'Name bash, zsh or fish.',
      '写 bash、zsh 或 fish。',
    ),
  ),
  'no-such-stage': exits(
    [2],
    meaning(
      'The plan of the run has no stage with this name or number.',
      '这个运行实例的计划里没有这个阶段名或序号。',
      'A stage is a number of steps, `start`, `end`, or the id of a step that `ctr plan` prints.',
      '阶段可以写步数、`start`、`end`，或 `ctr plan` 列出的步骤名。',
    ),
  ),
  'no-terminal': exits(
    [4],
    meaning(
      'The command is driven by keys, and standard input or output is not a terminal.',
      '这个命令靠按键操作，而标准输入或标准输出不是终端。',
      'Run it in a terminal, or write the keys into a file and give it with --keys.',
      '在终端里运行，或把按键写进文件，用 --keys 指定。',
    ),
  ),
  'no-such-run': exits(
    [2, 125],
    meaning(
      'No run has this name: it has ended, or the name is misspelt.',
      '没有叫这个名字的运行实例：它已经结束，或者名字拼错了。',
      '`ctr ps -a` lists the runs, also those that have ended.',
      '`ctr ps -a` 会列出所有运行，包括已结束的。',
    ),
  ),
  'no-such-topic': exits(
    [2],
    meaning(
      '`ctr explain` knows no topic, code, step, term or program of this name.',
      '`ctr explain` 没有这个主题、代码、步骤、术语或程序。',
      '`ctr explain` shows what can be asked for, `ctr explain codes` lists the codes.',
      '`ctr explain` 会列出可以查什么，`ctr explain codes` 会列出代码。',
    ),
  ),
  'option-after-operand': exits(
    [2],
    meaning(
      'An option of ctr stands behind the file or run name. There, every word belongs to the command in the container.',
      'ctr 的选项写在了文件名或运行名后面，而那里的词都属于容器里的命令。',
      'Move the option before the file or the name.',
      '把选项移到文件名或运行名前面。',
    ),
  ),
  'option-missing-argument': exits(
    [2],
    meaning(
      'An option stands without the value that it needs.',
      '某个选项后面缺少值。',
      'Write the value after the option, as in `--lang zh`.',
      '在选项后面写上值，例如 `--lang zh`。',
    ),
  ),
  'unknown-command': exits(
    [2],
    meaning(
      'ctr has no command with this name; it is probably misspelt.',
      'ctr 没有这个命令，可能是拼写错误。',
      '`ctr --help` lists all commands.',
      '`ctr --help` 会列出所有命令。',
    ),
  ),
  'unknown-option': exits(
    [2],
    meaning(
      'The command has no such option; it may be misspelt or belong to another command.',
      '该命令没有这个选项：可能拼错了，或者属于别的命令。',
      'See the help of the command, as in `ctr up --help`.',
      '查看该命令的帮助，例如 `ctr up --help`。',
    ),
  ),
  'wrong-usage': exits(
    [2],
    meaning(
      'The command line does not fit the command.',
      '命令行写法不对。',
      'See the help of the command, as in `ctr up --help`.',
      '查看该命令的帮助，例如 `ctr up --help`。',
    ),
  ),
} satisfies Readonly<Record<string, ErrorMeaning>>;
