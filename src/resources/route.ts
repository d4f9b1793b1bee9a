import type { Route } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

/** ip-route(8). The kernel removes a route with its interface. */
export const route: ResourceKind<Route, 'inside'> = {
  reads: { inside: true },
  judge({ container, to, via }, { inside }) {
    // Routes of the host are not examined: the kernel makes them from the addresses.
    const here = container === undefined ? undefined : inside?.get(container);
    if (here === undefined) return undefined;
    const isIpv6 = via?.includes(':') === true;
    const routes = isIpv6 ? (here.routes6 ?? []) : here.routes;
    const same = routes.filter((one) => one.to === to);
    if (same.some(({ gateway }) => gateway === via)) return { state: 'ours' };
    const [other] = same;
    return other === undefined
      ? { state: 'absent', found: 'none' }
      : { state: 'changed', found: `via ${other.gateway ?? '-'}` };
  },
  says({ to, via, dev }) {
    const way = via === undefined ? `dev ${dev}` : `via ${via}`;
    return to === 'default'
      ? { en: `default route ${way}`, zh: `默认路由 ${way}` }
      : { en: `route ${to} ${way}`, zh: `路由 ${to} ${way}` };
  },
};
