// Writes docs/necessity.md and its picture: runs `ctr lab necessity` on the examples, which takes minutes.
import { writeFileSync } from 'node:fs';
import { execa } from 'execa';

async function necessity(...words: readonly string[]): Promise<string> {
  const args = ['dist/ctr.js', '--lang', 'en', '--quiet', 'lab', 'necessity', ...words];
  const { stdout } = await execa(process.execPath, args, { stdin: 'ignore', stderr: 'inherit' });
  return stdout;
}

const picture = await necessity('--format', 'svg', 'examples/tutorial.json');
const tutorial = await necessity('--format', 'md', 'examples/tutorial.json');
const strict = await necessity('--format', 'md', '--drop', 'examples/two-containers.json');

/** The table of one run, under another heading. */
function under(markdown: string, title: string): string {
  return markdown.replace(/^## .*$/m, `## ${title}`);
}

writeFileSync('docs/necessity.svg', `${picture}\n`);
writeFileSync(
  'docs/necessity.md',
  `# What is each command for?

This page is written by \`npm run necessity\`, from what \`ctr lab necessity\` measured. Make your own table:

\`\`\`
ctr lab necessity config.json              # a table of 80 columns
ctr lab necessity --format svg config.json # a picture
ctr lab necessity --json config.json       # every row as data
ctr lab necessity --drop config.json       # on a host that forwards nothing by default
\`\`\`

It needs no root, and changes nothing on your machine: every run is in a sandbox host. Two of them work side by side;
\`--jobs\` asks for more. If the root file system of the config does not exist, the containers get a small one made of
busybox.

![the table for the tutorial](necessity.svg)

## How to read it

- **A row is one run.** In the first table, one command of the plan was never run. In the second one, the whole plan ran,
  and then something was taken away: an address, a route, a forwarding setting, a rule.
- **A column is a promise** that the whole plan keeps. Each is tested by a command that the container itself runs, but for
  two: the host connects to a server in the container, and the host's state is compared before and after.
- **✘** means that the promise no longer holds, **~** that it holds in some containers only.
- **"stops at 14"** means that the run did not come up: row 14 is the command that failed, for lack of the one left out.
- **A row without a mark** is a command that no promise needs. Below the tables stands what it is for.

Some rows are worth a question to a class:

- Why does left-out \`ip link set dev lo up\` break the ping to the container's *own* address, and nothing else? The kernel
  sends packets to its own addresses through \`lo\`, whichever interface has them.
- Why does the run stop at the *route*, when the *address* or the \`up\` of \`eth0\` is left out? A next hop must be directly
  reachable, and the route that says so comes from the address of an interface that is up.
- Why can a container whose program never started still be pinged? The kernel answers pings, not a program.
- Why is forwarding needed on two interfaces? The kernel asks the interface where a packet *arrives*: \`ctr0\` for what
  leaves, \`wan0\` for the answers.
- Why are the three rules of FORWARD needed for nothing in the first lab, and each for something in the second? FORWARD
  accepts everything on one host, and drops by default on the other one (\`--drop\`), where br_netfilter also shows it the
  packets between two ports of the bridge.

Between two runs, the sandbox host waits until the kernel has forgotten all connections. It looks at a NAT rule for the
first packet of a connection only. Without the wait, a ping after MASQUERADE was left out *worked*: it had the ID of a
ping of the run before, so the kernel took it for the same connection, and translated it.

${under(tutorial, 'The tutorial')}

${under(strict, 'Two containers, on a host whose FORWARD chain drops by default')}
`,
);
