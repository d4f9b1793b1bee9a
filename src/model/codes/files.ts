import { type ErrorMeaning, exits, meaning } from './meaning.ts';

/** Errors with a file that ctr's arguments name. */
export const fileErrors = {
  'config-invalid': exits(
    [3],
    meaning(
      'The config cannot be read, or has problems; each problem has an E code of its own.',
      '配置读不出来，或者有问题；每个问题都有自己的 E 代码。',
      'Correct the problems; `ctr validate FILE` checks again without changing anything.',
      '改正这些问题；`ctr validate 文件` 可以再检查一遍，不做任何改动。',
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
  'facts-unreadable': exits(
    [3],
    meaning(
      'The file given with --facts cannot be read, or ctr did not write it.',
      '--facts 指定的文件读不出来，或者不是 ctr 写出的。',
      'Write it again: `ctr plan CONFIG --facts-out FACTS`.',
      '重新生成：`ctr plan 配置 --facts-out 事实`。',
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
} satisfies Readonly<Record<string, ErrorMeaning>>;
