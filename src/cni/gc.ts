import { detach } from './del.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import { readNetwork } from './network-config.ts';
import { logOf, type Request, recordOf } from './request.ts';

/** GC: removes what no valid attachment of this network names, and goes on past errors. */
export async function gc(request: Request): Promise<undefined> {
  const { parameters, text, runner, environment } = request;
  const network = readNetwork(text, parameters.args);
  const { valid, delegate: type } = network;
  if (valid === undefined) {
    throw new CniError(codes.configuration, 'GC needs cni.dev/valid-attachments');
  }
  const problems: string[] = [];
  for (const name of request.directory.names()) {
    const attachment = recordOf(request.directory, name)?.attachment;
    if (attachment?.network !== network.name) continue;
    const { containerId, ifname } = attachment;
    if (valid.has(`${containerId} ${ifname}`)) continue;
    const own = { ...request, parameters: { ...parameters, containerId, ifname } };
    try {
      problems.push(...(await detach(request, name, logOf(own, network.name, network.log))));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (type !== undefined) {
    try {
      await delegate(runner, type, parameters, environment, text);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) throw new CniError(codes.left, 'GC left something', problems.join('; '));
  return undefined;
}
