import { writeFileSync } from 'node:fs';
import { say, type Voice } from '../context.ts';
import { sayErrno } from '../errno.ts';
import { CtrError, exitCodes } from '../errors.ts';
import type { Language } from '../text.ts';

export interface InitFlags {
  readonly force?: boolean;
}

const starters = {
  en: `{
  // What the container calls itself.
  "host_name": "labex",
  // Its root file system; make one with: ctr rootfs create ./labex
  "root_dir": "./labex",
  // Its address, and how much of it names the network.
  "ip": "192.168.0.100/16",
  // The bridge it is plugged into; made when it is not there.
  "bridge_name": "ctr0",
  // The bridge's own address: the container's gateway.
  "bridge_ip": "192.168.0.1"
}
`,
  zh: `{
  // 容器对自己的称呼。
  "host_name": "labex",
  // 根文件系统；这样创建：ctr rootfs create ./labex
  "root_dir": "./labex",
  // 它的地址，以及其中多少位是网络号。
  "ip": "192.168.0.100/16",
  // 要插入的网桥；没有就创建。
  "bridge_name": "ctr0",
  // 网桥自己的地址：容器的网关。
  "bridge_ip": "192.168.0.1"
}
`,
} satisfies Record<Language, string>;

/** `ctr init`: a config to start from, with comments. Never over another file. */
export async function init(voice: Voice, file: string, flags: InitFlags): Promise<number> {
  const text = starters[voice.language];
  if (file === '-') {
    voice.print(text.trimEnd());
    return exitCodes.done;
  }
  try {
    writeFileSync(file, text, { flag: flags.force === true ? 'w' : 'wx' });
  } catch (error) {
    throw new CtrError(
      'cannot-write',
      exitCodes.notReady,
      {
        en: `cannot write ${file}: ${sayErrno(error).en}`,
        zh: `无法写入 ${file}：${sayErrno(error).zh}`,
      },
      { try: ['ctr init other.json', `ctr init ${file} --force`] },
    );
  }
  voice.print(file);
  if (!voice.quiet) {
    voice.tell(
      say(voice, {
        en: `next: ctr rootfs create ./labex && ctr plan ${file}`,
        zh: `接下来：ctr rootfs create ./labex && ctr plan ${file}`,
      }),
    );
  }
  return exitCodes.done;
}
