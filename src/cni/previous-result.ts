import { isObject, type Json, listAt, objectAt, pick, textAt, textsAt } from './go-json.ts';
import type { CniResult, Dns } from './result.ts';

export function dnsOf(value: Json): Dns {
  const [nameservers, search, options] = ['nameservers', 'search', 'options'].map((key) =>
    textsAt(value, key),
  );
  const domain = textAt(value, 'domain');
  return {
    ...(nameservers?.length ? { nameservers } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(search?.length ? { search } : {}),
    ...(options?.length ? { options } : {}),
  };
}

/** A result in any version's form. */
export function readResult(value: Json): CniResult {
  const ips = listAt(value, 'ips').filter(isObject);
  return {
    interfaces: listAt(value, 'interfaces')
      .filter(isObject)
      .map((one) => ({
        name: textAt(one, 'name') ?? '',
        ...(textAt(one, 'mac') === undefined ? {} : { mac: textAt(one, 'mac') as string }),
        ...(textAt(one, 'sandbox') === undefined
          ? {}
          : { sandbox: textAt(one, 'sandbox') as string }),
      })),
    ips: ips.map((one) => {
      const at = pick(one, 'interface');
      const gateway = textAt(one, 'gateway');
      return {
        address: textAt(one, 'address') ?? '',
        ...(gateway === undefined ? {} : { gateway }),
        ...(typeof at === 'number' ? { interface: at } : {}),
      };
    }),
    routes: listAt(value, 'routes')
      .filter(isObject)
      .map((one) => {
        const gw = textAt(one, 'gw');
        return { dst: textAt(one, 'dst') ?? '', ...(gw === undefined ? {} : { gw }) };
      }),
    dns: dnsOf(objectAt(value, 'dns')),
  };
}
