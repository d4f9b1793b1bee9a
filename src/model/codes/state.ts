import { type ErrorMeaning, exits, meaning } from './meaning.ts';

/** Errors about records and locks, and about the sandbox hosts of runs. */
export const stateErrors = {
  'cannot-lock': exits(
    [4],
    meaning(
      'ctr cannot take its lock, because flock(1) does not work in the state directory. Some network file systems have no locks.',
      'ctr 无法加锁，因为 flock(1) 在状态目录里不能用。某些网络文件系统不支持锁。',
      'Name a directory on a local disk with --state-dir.',
      '用 --state-dir 指定本地磁盘上的目录。',
    ),
  ),
  'damaged-record': exits(
    [4],
    meaning(
      'The record of a run in the state directory is damaged, for instance because the disk was full.',
      '状态目录里某个运行的记录已损坏，例如因为磁盘写满。',
      'End the run with `ctr down NAME`, which then goes by the marks on the host.',
      '用 `ctr down 名字` 停掉它；这时 ctr 会按主机上的标记来清理。',
    ),
  ),
  'lock-held': exits(
    [9],
    meaning(
      'Another ctr is working on the same run or host, and did not finish in time.',
      '另一个 ctr 正在处理同一个运行或主机，没有及时完成。',
      'Wait and try again; `ps PID` shows what the process in the message is doing.',
      '稍后重试；`ps 进程号` 可以查看提示里的进程在做什么。',
    ),
  ),
  'newer-record': exits(
    [4],
    meaning(
      'A newer ctr brought the run up, and this version cannot read its record.',
      '这个运行由更新版本的 ctr 启动，当前版本读不了它的记录。',
      'Use the newer ctr; `ctr --version` tells which one you have.',
      '使用新版本的 ctr；`ctr --version` 会显示当前版本。',
    ),
  ),
  'not-your-run': exits(
    [4],
    meaning(
      'The run belongs to another user.',
      '这个运行属于另一个用户。',
      'Run the command as that user; the message shows how.',
      '以那个用户的身份运行命令，写法见提示。',
    ),
  ),
  'recorded-elsewhere': exits(
    [4],
    meaning(
      'The run is recorded in another state directory.',
      '这个运行记录在另一个状态目录里。',
      'Name that directory with --state-dir, as the message shows.',
      '按提示用 --state-dir 指定那个目录。',
    ),
  ),
  'engine-ends-it': exits(
    [4],
    meaning(
      'The name is that of an attachment: an engine such as podman or containerd had ctr connect its container, and counts on it.',
      '这个名字是一个接入：podman、containerd 之类的引擎让 ctr 给它的容器接上了网络，容器删除之前一直要用它。',
      'Remove the container with its engine; if the engine no longer knows it, ctr cni log names the container, and CNI_COMMAND=DEL of the plugin removes the attachment.',
      '用引擎删除容器；如果引擎已经不认识它，ctr cni log 会列出容器的编号，对插件执行 CNI_COMMAND=DEL 就能删除这个接入。',
    ),
  ),
  'run-elsewhere': exits(
    [4],
    meaning(
      'The run is in another network namespace, and from here ctr would look at the wrong host.',
      '这个运行在另一个网络命名空间里，从这里看到的会是错误的主机。',
      'Enter that namespace first, with the command in the message.',
      '先用提示里的命令进入那个命名空间。',
    ),
  ),
  'sandbox-does-not-end': exits(
    [9],
    meaning(
      'The first process of a sandbox host did not end when ctr ended it.',
      '沙盒主机的第一个进程没有按要求结束。',
      'Run the `kill -9` of the message; everything in the sandbox ends with that process.',
      '运行提示里的 `kill -9`；沙盒里的一切会随这个进程结束。',
    ),
  ),
  'sandbox-failed': exits(
    [4],
    meaning(
      'The sandbox host was started but could not be set up.',
      '沙盒主机已启动，但没能搭建好。',
      "Read the tool's own words in the message; often a program is missing or a limit is reached.",
      '查看提示里工具自己的输出；常见原因是缺少程序，或者达到了某个上限。',
    ),
  ),
  'sandbox-refused': exits(
    [4],
    meaning(
      'The machine does not let you make the namespaces that a sandbox host consists of. Some distributions forbid that to ordinary users.',
      '这台机器不允许创建沙盒主机所需的命名空间。有些发行版禁止普通用户这样做。',
      'Use sudo, or change the setting that the message names.',
      '用 sudo，或者修改提示里的设置。',
    ),
  ),
  'sandbox-unreachable': exits(
    [4],
    meaning(
      'ctr cannot enter the sandbox host in which the run is. It may be ending just now.',
      'ctr 无法进入这个运行所在的沙盒主机。它可能正在结束。',
      'See with `ctr ps` whether the run is still up.',
      '用 `ctr ps` 查看运行是否还在。',
    ),
  ),
  'state-not-ours': exits(
    [4],
    meaning(
      'The state directory is not safe to use: it belongs to another user, others may write to it, or it holds files that are not of ctr. ctr trusts what is in it.',
      '状态目录不能放心使用：它属于另一个用户，别人可以写入，或者里面有不是 ctr 的文件。ctr 会信任其中的内容。',
      'Name an empty directory of your own with --state-dir, or none.',
      '用 --state-dir 指定一个属于你的空目录，或者不指定。',
    ),
  ),
  'state-not-readable': exits(
    [4],
    meaning(
      'The state directory cannot be read, so ctr cannot know which runs there are.',
      '状态目录读不出来，ctr 无法知道有哪些运行。',
      'Correct its permissions, or use the user that brought the runs up.',
      '改正它的权限，或者用启动这些运行的用户。',
    ),
  ),
  'state-not-writable': exits(
    [4],
    meaning(
      'The state directory cannot be written. ctr records every change before making it, and so makes none.',
      '状态目录无法写入。ctr 在改动之前总是先记录，所以没有做任何改动。',
      'Correct its permissions, free space, or name another directory with --state-dir.',
      '改正它的权限，腾出空间，或者用 --state-dir 指定别的目录。',
    ),
  ),
} satisfies Readonly<Record<string, ErrorMeaning>>;
