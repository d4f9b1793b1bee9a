import { shellLine } from '../model/command.ts';
import type { Language } from '../model/text.ts';
import { atHand, type Stepper } from './stepper.ts';

/** The picture of the network as it is now. */
export async function drawn(
  stepper: Stepper,
  language: Language,
  width: number,
): Promise<readonly string[]> {
  const { graphRenderers, marksOf, topologyOfSnapshot } = await import('../graph/index.ts');
  const marks = marksOf(stepper.plan.lab);
  const source = { from: 'kernel', at: new Date().toISOString() } as const;
  const topology = topologyOfSnapshot(stepper.state(), marks, source);
  return graphRenderers.text(topology, { language, width, color: false }).trimEnd().split('\n');
}

/** Every word of the commands of the step that comes next, or of the last one. */
export async function explained(
  stepper: Stepper,
  language: Language,
  width: number,
): Promise<readonly string[]> {
  const { explainCommand } = await import('../explain/knowledge.ts');
  const commands = atHand(stepper)?.commands ?? [];
  return commands.flatMap(({ argv }) => ['', ...explainCommand(shellLine(argv), language, width)]);
}
