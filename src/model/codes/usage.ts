import { type ErrorMeaning, exits, meaning } from './meaning.ts';

/** Errors in ctr's arguments, or with the file that they name. */
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
  'config-invalid': exits(
    [3],
    meaning(
      'The config cannot be read, or has problems; each problem has an E code of its own.',
      '配置读不出来，或者有问题；每个问题都有自己的 E 代码。',
      'Correct the problems; `ctr validate FILE` checks again without changing anything.',
      '改正这些问题；`ctr validate 文件` 可以再检查一遍，不做任何改动。',
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
  'recording-damaged': exits(
    [3],
    meaning(
      'A line of a recording is not what it should be: the file was edited, or was not copied whole.',
      '录制文件里有一行不正确：文件被改过，或者没有完整复制。',
      'Copy the file again, or record the run again with `ctr up --record FILE CONFIG`.',
      '重新复制文件，或者用 `ctr up --record 文件 配置` 重新录制。',
    ),
  ),
  'recording-newer': exits(
    [3],
    meaning(
      'The recording has a format that this ctr does not know, since a newer ctr made it.',
      '录制文件由更新版本的 ctr 生成，当前的 ctr 不认识它的格式。',
      'Install a newer ctr.',
      '安装更新版本的 ctr。',
    ),
  ),
  'recording-unreadable': exits(
    [2],
    meaning(
      'The recording that the command line names cannot be opened.',
      '无法打开命令行里给出的录制文件。',
      'Correct the path; `ctr demo` makes a recording of its own.',
      '改正路径；`ctr demo` 会生成一份录制文件。',
    ),
  ),
  'not-a-recording': exits(
    [3],
    meaning(
      'The file is not a recording: its first line does not say so.',
      '这个文件不是录制文件：第一行没有相应的说明。',
      'Name a file that `ctr up --record FILE CONFIG` has written.',
      '给出由 `ctr up --record 文件 配置` 写出的文件。',
    ),
  ),
  'bad-keys': exits(
    [2],
    meaning(
      'The file of --keys has a key that ctr replay does not know.',
      '--keys 文件里有 ctr replay 不认识的按键。',
      'Use n, b, i, e, g, r, q and ?; a line that begins with # is a comment.',
      '只用 n、b、i、e、g、r、q 和 ?；以 # 开头的行是注释。',
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
  'facts-unreadable': exits(
    [3],
    meaning(
      'The file given with --facts cannot be read, or ctr did not write it.',
      '--facts 指定的文件读不出来，或者不是 ctr 写出的。',
      'Write it again: `ctr plan CONFIG --facts-out FACTS`.',
      '重新生成：`ctr plan 配置 --facts-out 事实`。',
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
  'not-a-whole-run': exits(
    [2],
    meaning(
      'This verb is about a whole run, and the name is that of one of its containers.',
      '这个命令针对整个运行实例，而写的是其中一个容器的名字。',
      'Leave out the slash and the name of the container.',
      '去掉斜杠和容器名。',
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
  'plan-edited': exits(
    [3],
    meaning(
      'The saved plan is not what its config and facts lead to: it was edited, or another version of ctr wrote it. ctr never runs commands from a file as they stand.',
      '保存的计划与它自己的配置和事实不符：它被改过，或者由另一个版本的 ctr 写出。ctr 从不照搬文件里的命令来运行。',
      'Save the plan again with `ctr plan --out PLAN CONFIG`.',
      '用 `ctr plan --out 计划 配置` 重新保存。',
    ),
  ),
  'plan-is-settled': exits(
    [2],
    meaning(
      'A saved plan runs exactly as it was saved, so it takes no other command and no --fast.',
      '保存的计划只能按原样运行，不能再换命令或加 --fast。',
      'Run the plan alone, or run the config with these options.',
      '单独运行这份计划，或者用这些选项运行配置。',
    ),
  ),
  'rootfs-source': exits(
    [2],
    meaning(
      '`ctr rootfs create` cannot make a root file system from this source.',
      '`ctr rootfs create` 不支持这种来源。',
      'Use one of the sources in the message, such as `--from busybox`.',
      '使用提示里的来源，例如 `--from busybox`。',
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
