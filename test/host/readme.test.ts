import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';

const root = new URL('../..', import.meta.url).pathname;

const rootfs = `${root}examples/labex`;

// Makes the root file system that scripts/quickstart.sh makes for the reader.
beforeAll(async () => {
  assertSandbox();
  if (!existsSync(rootfs)) await ctr(['-q', 'rootfs', 'create', rootfs]);
});

interface Example {
  readonly command: string;
  readonly output: string;
}

/** The commands of the `console` blocks, with their outputs in the file. */
function examples(file: string): readonly Example[] {
  const blocks = readFileSync(`${root}${file}`, 'utf8').matchAll(/^```console\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...output] = text.split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

/** A pattern for an output in the file. A line with only an ellipsis stands for any lines, an ellipsis for any text. */
function pattern(output: string): RegExp {
  const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const source = output
    .split(/^…\n/m)
    .map((part) => part.split('…').map(literal).join('[^\\n]*').replaceAll(/ +/g, ' +'))
    .join('(?:[^\\n]*\\n)*');
  return new RegExp(`^${source}$`);
}

test.each(['README.md', 'README.zh-CN.md'])(
  '%s shows what its commands really print',
  async (file) => {
    const all = examples(file);
    expect(all.length).toBeGreaterThan(0);
    for (const { command, output } of all) {
      const [program, ...args] = command.split(' ');
      expect(program).toBe('ctr');
      const ran = await ctr(args);
      const printed = ran.out === '' ? ran.err : ran.out;
      expect(printed).toMatch(pattern(output));
    }
  },
);
