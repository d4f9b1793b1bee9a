import { type ErrorMeaning, exits, meaning } from './meaning.ts';

/** Errors while ctr works. */
export const runtimeErrors = {
  bug: exits(
    [1],
    meaning(
      'ctr itself has a defect.',
      'ctr 自身有缺陷。',
      'Run the same command with --verbose and report the output.',
      '加 --verbose 再运行一次，并报告输出。',
    ),
  ),
  'cannot-read': exits(
    [4],
    meaning(
      'A tool that reads the network of the host, such as ip or iptables-save, does not work.',
      '读取主机网络的工具（例如 ip、iptables-save）不能用。',
      'Run the tool by hand: its output says why.',
      '手工运行这个工具，它的输出会说明原因。',
    ),
  ),
  'cannot-start': exits(
    [4],
    meaning(
      'The system could not start a program that ctr needs.',
      '系统没能启动 ctr 需要的程序。',
      "Read the tool's own words in the message; often a program is missing or memory is short.",
      '查看提示里工具自己的输出；常见原因是缺少程序或内存不足。',
    ),
  ),
  'cannot-write': exits(
    [4],
    meaning(
      'A file or the standard output cannot be written: no permission, no such directory, or no space left.',
      '无法写入文件或标准输出：没有权限、目录不存在，或者空间不足。',
      'Choose another path, or free space; `df -h` shows how much there is.',
      '换一个路径，或者腾出空间；`df -h` 可以查看剩余空间。',
    ),
  ),
  'container-ended': exits(
    [125],
    meaning(
      'The container has ended, so nothing can be run in it.',
      '容器已经结束，不能再在里面运行命令。',
      'Clear the run away with `ctr down NAME` and bring it up again.',
      '用 `ctr down 名字` 停掉它，再重新启动。',
    ),
  ),
  'container-not-ready': exits(
    [125],
    meaning(
      'The container is still being brought up.',
      '容器还在启动。',
      'Try again in a moment; `ctr ps` shows when it is running.',
      '稍后再试；`ctr ps` 会显示它是否已在运行。',
    ),
  ),
  'directory-taken': exits(
    [4],
    meaning(
      '`ctr rootfs create` writes only into a new or empty directory, and this one has content.',
      '`ctr rootfs create` 只写入新目录或空目录，而这个目录不是空的。',
      'Name another directory.',
      '换一个目录。',
    ),
  ),
  'host-needs-root': exits(
    [4],
    meaning(
      '--host changes the network of this machine, which only root may do.',
      '--host 会改动这台机器的网络，只有 root 才能这样做。',
      'Use sudo, or `ctr up --sandbox FILE`, which needs no root.',
      '用 sudo，或者用不需要 root 的 `ctr up --sandbox 文件`。',
    ),
  ),
  'host-not-ready': exits(
    [4, 126, 127],
    meaning(
      'Something on the host or in the root file system stands in the way; each reason has a code of its own. Nothing was changed.',
      '主机或根文件系统有妨碍启动的问题，每个问题都有自己的代码。没有做任何改动。',
      'Follow the line below each reason, then try again.',
      '按每个问题下面的提示处理，然后重试。',
    ),
  ),
  interrupted: exits(
    [6, 129, 130, 143],
    meaning(
      'A signal ended ctr, such as Ctrl-C (SIGINT). ctr has undone its changes, or lists what is left.',
      'ctr 被信号终止，例如 Ctrl-C (SIGINT)。ctr 已撤销改动，或者列出了残留。',
      'If something is left, run `ctr down NAME`.',
      '如果有残留，运行 `ctr down 名字`。',
    ),
  ),
  'left-behind': exits(
    [6],
    meaning(
      'Some changes could not be undone. The message lists the command that removes each of them.',
      '有些改动没能撤销。提示列出了清除每一项的命令。',
      'Run `ctr down NAME` again, or the listed commands by hand.',
      '再运行一次 `ctr down 名字`，或者手工运行列出的命令。',
    ),
  ),
  'needs-root': exits(
    [4],
    meaning(
      'This source of a root file system needs root, because it makes device files and changes owners.',
      '这种来源的根文件系统需要 root，因为要创建设备文件、修改属主。',
      'Use sudo, or `--from busybox`.',
      '用 sudo，或者用 `--from busybox`。',
    ),
  ),
  'no-such-program': exits(
    [127],
    meaning(
      'The container has no program with this name.',
      '容器里没有这个程序。',
      'Check the spelling, or look into the container: `ctr exec NAME ls /bin`.',
      '检查拼写，或者查看容器里有什么：`ctr exec 名字 ls /bin`。',
    ),
  ),
  'no-working-directory': exits(
    [4],
    meaning(
      'The directory in which ctr was started does not exist any more or cannot be read.',
      '启动 ctr 时所在的目录已不存在或无法读取。',
      'Change to another directory, as in `cd /tmp`, or name files by their full paths.',
      '换一个目录，例如 `cd /tmp`，或者文件都写完整路径。',
    ),
  ),
  'not-executable': exits(
    [126],
    meaning(
      'The file exists in the container but is not executable.',
      '容器里有这个文件，但不可执行。',
      'Make it executable with `chmod +x`, or run it with its interpreter, as in `sh FILE`.',
      '用 `chmod +x` 加上执行权限，或者用解释器运行，例如 `sh 文件`。',
    ),
  ),
  'not-repaired': exits(
    [7],
    meaning(
      'A command of `ctr repair` failed, so the run still differs from its plan.',
      '`ctr repair` 的某条命令失败了，运行仍与计划不符。',
      'See what differs with `ctr check NAME`, or end the run with `ctr down NAME`.',
      '用 `ctr check 名字` 查看差异，或者用 `ctr down 名字` 停掉它。',
    ),
  ),
  'plan-stale': exits(
    [8],
    meaning(
      'The host or the terminal has changed since the plan was saved, so its commands may no longer fit.',
      '保存计划之后主机或终端变了，其中的命令可能不再适用。',
      'Save it again with `ctr plan --out PLAN CONFIG`.',
      '用 `ctr plan --out 计划 配置` 重新保存。',
    ),
  ),
  'rootfs-failed': exits(
    [5],
    meaning(
      'The tool that makes the root file system failed, often because it could not download. Nothing is left of the attempt.',
      '制作根文件系统的工具失败了，常见原因是无法下载。没有留下任何东西。',
      "Read the tool's own words in the message and try again, or use `--from busybox`, which downloads nothing.",
      '查看提示里工具自己的输出后重试，或者用无需下载的 `--from busybox`。',
    ),
  ),
  'rootfs-source-missing': exits(
    [4],
    meaning(
      '--from names a file that cannot be read, or a Debian suite that debootstrap does not know. Nothing was made.',
      '--from 写的文件无法读取，或者写的 Debian 发行版 debootstrap 不认识。什么都没有创建。',
      'Correct the path or the name of the suite, or use `--from busybox`.',
      '改正路径或发行版名称，或者用 `--from busybox`。',
    ),
  ),
  'run-ended': exits(
    [4],
    meaning(
      'The run has ended, so there is nothing to repair.',
      '运行已经结束，没有什么可修。',
      'Clear it away with `ctr down NAME` and bring it up again.',
      '用 `ctr down 名字` 停掉它，再重新启动。',
    ),
  ),
  scarce: exits(
    [4],
    meaning(
      'The machine has run out of something: open files, processes, memory or disk space.',
      '机器的某种资源用完了：打开的文件、进程、内存或磁盘空间。',
      'Look with the command in the message, then free some or raise the limit.',
      '用提示里的命令查看，然后释放资源或调高上限。',
    ),
  ),
  'step-failed': exits(
    [5, 6],
    meaning(
      'A command of the plan failed. Exit code 5: everything was undone; 6: the message lists what is left.',
      '计划里的某条命令失败了。退出码 5：已全部撤销；6：提示列出了残留。',
      "Read the tool's own words and the line below them; if something is left, run `ctr down NAME`.",
      '查看工具自己的输出和下面的说明；如果有残留，运行 `ctr down 名字`。',
    ),
  ),
  'tool-missing': exits(
    [4],
    meaning(
      'A program that this command needs is not installed.',
      '没有安装这个命令需要的程序。',
      'Install the package that the message names.',
      '安装提示里的软件包。',
    ),
  ),
} satisfies Readonly<Record<string, ErrorMeaning>>;
