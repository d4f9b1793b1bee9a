import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { toolPath } from '../../src/exec/tool-path.ts';
import { CtrError, exitCodes } from '../../src/model/errors.ts';
import { parseFrom } from '../../src/rootfs/index.ts';
import { requireOciTools } from '../../src/rootfs/oci.ts';
import type { Context } from '../../src/run/context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const directory = temporaryDirectory();

function pathWith(...tools: readonly string[]): string {
  const path = join(directory, tools.join('-') || 'none');
  mkdirSync(path);
  for (const tool of tools) writeFileSync(join(path, tool), '#!/bin/sh\n', { mode: 0o755 });
  return path;
}

function refusal(act: () => void): CtrError | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof CtrError) return error;
    throw error;
  }
  return undefined;
}

test('what an OCI image needs is looked for before anything is fetched, and all that is missing is named', () => {
  const refused = (...tools: readonly string[]) =>
    refusal(() => requireOciTools(`/nowhere:${pathWith(...tools)}`));
  expect(refused('skopeo', 'umoci')).toBeUndefined();
  expect(refused('skopeo')).toMatchObject({
    code: 'tool-missing',
    exitCode: exitCodes.notReady,
    text: { en: 'the program umoci is not installed' },
    details: { try: ['sudo apt-get install umoci'] },
  });
  expect(refused()).toMatchObject({
    text: { en: 'the programs skopeo, umoci are not installed', zh: '没有安装程序 skopeo、umoci' },
    details: { try: ['sudo apt-get install skopeo umoci'] },
  });
});

test('the source oci checks that, on the fixed path and on the user’s', () => {
  const { check } = parseFrom('oci:alpine');
  const context = (path: string) => ({ environment: { PATH: path } }) as unknown as Context;
  const both = join(directory, 'skopeo-umoci');
  expect(refusal(() => check?.('alpine', '/x', context(both)))).toBeUndefined();
  expect(check).toBeDefined();
  expect(refusal(() => check?.('alpine', '/x', context('')))?.code).toBe(
    refusal(() => requireOciTools(toolPath))?.code,
  );
});
