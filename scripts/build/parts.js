// Splits the program into files of dist/ that are loaded on first use. A module of src/ stands in one file only, so that
// what it remembers is in one place: a file that needs a module of another file gets it from there.
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';

const root = new URL('../..', import.meta.url).pathname;

/** The files beside dist/main.js: the modules with which each begins. They are loaded by dynamic import. */
const parts = {
  // What `ctr plan` needs, and `ctr up` before it changes anything.
  base: [
    'src/exec/runner.ts',
    'src/run/head-start.ts',
    'src/run/saved-plan.ts',
    'src/verbs/plan.ts',
  ],
  change: [
    'src/run/ask-around.ts',
    'src/verbs/down.ts',
    'src/verbs/exec.ts',
    'src/verbs/ps.ts',
    'src/verbs/reach.ts',
    'src/verbs/up.ts',
  ],
  'all-losses': ['src/losses/all-losses.ts'],
  'docker-user': ['src/filter/docker-user.ts'],
  ports: ['src/facts/ports.ts', 'src/resolve/preflight/ports.ts'],
  ipv6: ['src/facts/ipv6.ts', 'src/resolve/preflight/ipv6.ts'],
  progress: ['src/render/progress.ts'],
  codes: ['src/model/codes/index.ts'],
  completions: ['src/cli/completion/makers.ts'],
  schema: ['src/verbs/schema.ts'],
  world: ['src/sandbox/world.ts'],
  doctor: ['src/doctor/index.ts', 'src/verbs/doctor.ts'],
  record: ['src/verbs/record.ts'],
  recorded: ['src/verbs/recorded.ts'],
  graph: ['src/graph/index.ts'],
  'graph-recorded': ['src/verbs/graph-recorded.ts'],
  explain: ['src/explain/knowledge.ts'],
  // What is asked of runs, and stepping.
  stages: [
    'src/snapshot/read.ts',
    'src/verbs/check-at-stage.ts',
    'src/verbs/goto.ts',
    'src/verbs/look-back.ts',
    'src/verbs/narrated.ts',
    'src/verbs/step-up.ts',
    'src/verbs/watch.ts',
  ],
  // Why packets are lost.
  judges: ['src/diagnosis/judges.ts'],
  trace: ['src/verbs/traced.ts', 'src/verbs/why.ts'],
  kernel: ['src/trace/kernel/index.ts'],
  necessity: ['src/verbs/necessity.ts', 'src/verbs/necessity-inside.ts'],
  // What engines call.
  cni: ['src/cni/add.ts', 'src/cni/del.ts', 'src/cni/main.ts'],
  'cni-rare': ['src/cni/check.ts', 'src/cni/gc.ts', 'src/cni/status.ts', 'src/verbs/cni.ts'],
  // Verbs that few runs are.
  rare: [
    'src/cli/completion/verb.ts',
    'src/cli/usage.ts',
    'src/sandbox/refused.ts',
    'src/sandbox/world-words.ts',
    'src/verbs/beside.ts',
    'src/verbs/check.ts',
    'src/verbs/demo.ts',
    'src/verbs/explain.ts',
    'src/verbs/gc.ts',
    'src/verbs/graph.ts',
    'src/verbs/init.ts',
    'src/verbs/inspect.ts',
    'src/verbs/logs.ts',
    'src/verbs/repair.ts',
    'src/verbs/rootfs.ts',
    'src/verbs/sandbox.ts',
    'src/verbs/up-in-sandbox.ts',
    'src/verbs/validate.ts',
  ],
};

/** The modules of src/ that several parts need, and main does not. */
const common = 'common';

/** Parts that usual runs load, the smaller runs' first: each keeps what others need too, so that common is not loaded. */
const usual = ['base', 'change', 'docker-user', 'all-losses', 'cni'];

const files = { main: ['src/cli.ts'], ...parts };
const starts = new Map(
  Object.entries(parts).flatMap(([file, modules]) => modules.map((module) => [module, file])),
);

/** Every file that `buildParts` writes, without its ending. */
export const fileNames = [...Object.keys(files), common];

/** The files that usual runs load: scripts/build/warm.cjs keeps V8's code caches for these. */
export const usualFiles = ['main', 'execa', ...usual];

/** esbuild's options for the text of one file. It lets the other files have `lent`, each module by its path. */
function entry(begins, lent) {
  const getters = [...lent].sort().map((id) => `get '${id}'() { return require('./${id}'); }`);
  return {
    stdin: {
      contents: `${begins}\nexport const modules = { ${getters.join(', ')} };`,
      resolveDir: root,
    },
  };
}

/** The names that each module of src/ exports. */
async function exportsOf(modules) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: modules,
    outdir: `${root}dist`,
    outbase: root,
    format: 'esm',
    write: false,
    metafile: true,
  });
  const outputs = Object.values(metafile.outputs);
  return new Map(outputs.map(({ entryPoint, exports }) => [entryPoint, exports]));
}

/**
 * Takes modules of other files from these. A variable that is exported has its value by then: imports have no circles,
 * and biome refuses \`export let\`.
 * @param ownerOf the file of a module, by the module's path. */
function elsewhere(file, ownerOf, onUse, names) {
  return {
    name: 'elsewhere',
    setup(bundle) {
      bundle.onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir, namespace }) => {
        if (namespace === 'elsewhere') return { path, external: true };
        const id = relative(root, resolve(resolveDir, path));
        if (!id.startsWith('src/') || kind === 'require-call') return;
        const owner = ownerOf(id, kind);
        if (owner === undefined || owner === file) return;
        onUse(id, owner);
        return { path: id, namespace: 'elsewhere', pluginData: owner };
      });
      bundle.onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path, pluginData }) => ({
        // dist/ctr.js stands for main, whose name has a hash in it.
        contents: `const from = require('./${pluginData === 'main' ? 'ctr' : pluginData}.js').modules['${path}'];
          export const { ${names.get(path).join(', ')} } = from;`,
      }));
    },
  };
}

/** Builds every file. @param options those of esbuild that all files share. */
export async function buildParts(options) {
  const dynamicOnly = (id, kind) => (kind === 'dynamic-import' ? starts.get(id) : undefined);
  const names = await exportsOf([...starts.keys()]);
  // Which modules does each file reach?
  const reached = new Map();
  for (const [file, begins] of Object.entries(files)) {
    const { metafile } = await build({
      ...options,
      entryPoints: begins,
      outdir: `${root}dist`,
      write: false,
      metafile: true,
      plugins: [elsewhere(file, dynamicOnly, () => undefined, names), ...options.plugins],
    });
    for (const id of Object.keys(metafile.inputs).filter((one) => /^src\//.test(one)))
      reached.set(id, [...(reached.get(id) ?? []), file]);
  }
  const owners = new Map(
    [...reached].map(([id, by]) => {
      const start = starts.get(id);
      if (by.includes('main')) {
        if (start !== undefined) throw new Error(`${id}: dist/main.js has it, not only ${start}`);
        return [id, 'main'];
      }
      return [
        id,
        start ?? usual.find((one) => by.includes(one)) ?? (by.length === 1 ? by[0] : common),
      ];
    }),
  );
  for (const [id, found] of await exportsOf([...owners.keys()])) names.set(id, found);
  // What each file takes from another is lent by that one.
  const lent = new Map(fileNames.map((file) => [file, new Set()]));
  for (const [id, file] of starts) lent.get(file).add(id);
  for (const [id, owner] of owners) if (owner === common) lent.get(common).add(id);
  const holder = new Map();
  for (const round of ['count', 'write']) {
    for (const file of fileNames) {
      const begins = file === 'main' ? `import './src/cli.ts';` : '';
      const { metafile } = await build({
        ...options,
        ...entry(begins, lent.get(file)),
        outfile: `${root}dist/${file}.js`,
        write: round === 'write',
        metafile: true,
        plugins: [
          elsewhere(
            file,
            (id) => owners.get(id),
            (id, owner) => lent.get(owner).add(id),
            names,
          ),
          ...options.plugins,
        ],
      });
      for (const id of Object.keys(metafile.inputs).filter((one) => one.startsWith('src/'))) {
        const other = holder.get(id) ?? file;
        if (other !== file) throw new Error(`${id} is in dist/${other}.js and in dist/${file}.js`);
        holder.set(id, file);
      }
    }
  }
}
