import { CtrError, exitCodes } from '../model/errors.ts';

/** The ways to name a container that ctr did not make. */
export const strangerWays = ['pid', 'docker', 'podman', 'netns'] as const;
export type StrangerWay = (typeof strangerWays)[number];
export type StrangerFlags = { readonly [Way in StrangerWay]?: string };

/** The way that was chosen, if any. @throws CtrError when it is more than one, or one beside the name of a run. */
export function chosenWay(
  flags: StrangerFlags,
  run: string | undefined,
): readonly [StrangerWay, string] | undefined {
  const chosen = strangerWays.flatMap((way): (readonly [StrangerWay, string])[] => {
    const word = flags[way];
    return word === undefined ? [] : [[way, word]];
  });
  if (chosen.length + (run === undefined ? 0 : 1) <= 1) return chosen[0];
  throw new CtrError(
    'whose-network',
    exitCodes.usage,
    {
      en: 'name one network: that of a run, or of any container by --pid, --docker, --podman or --netns',
      zh: '请指定一个网络：运行实例的名字，或用 --pid、--docker、--podman、--netns 指定任意一个容器',
    },
    { try: ['ctr ps', 'ctr why --docker NAME'] },
  );
}
