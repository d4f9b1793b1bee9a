import {
  collides,
  isShifted,
  mostShifted,
  type PublishedPort,
  parsePort,
  portText,
} from '../model/ports.ts';
import type { Text } from '../model/text.ts';
import type { Add } from './add.ts';
import { crossProblems } from './problems.ts';
import type { Config } from './schema.ts';

/** Published ports: no two may want the same packets. */
export function portRules(config: Config, add: Add): void {
  const taken: { port: PublishedPort; owner: Text }[] = [];
  for (const [name, { ports = [], replicas }] of Object.entries(config.containers)) {
    for (const [index, value] of ports.entries()) {
      const path = ['containers', name, 'ports', index];
      if ((replicas ?? 1) > 1) add('E041', path, crossProblems.E041('port'));
      const port = parsePort(value);
      if (port === undefined) continue;
      if (isShifted(port) && port.last - port.first >= mostShifted) {
        add('E048', path, crossProblems.E048(mostShifted));
      }
      const other = taken.find((one) => collides(one.port, port));
      if (other !== undefined) add('E047', path, crossProblems.E047(portText(port), other.owner));
      const text = portText(port);
      taken.push({
        port,
        owner: { en: `${text} of container "${name}"`, zh: `容器 "${name}" 的 ${text} ` },
      });
    }
  }
}
