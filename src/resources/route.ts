import type { Route } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

/** ip-route(8). The kernel removes a route with its interface. */
export const route: ResourceKind<Route, 'inside'> = {
  reads: { inside: true },
  judge({ container, to, via }, { inside }) {
    // Routes of the host are not examined: the kernel makes them from the addresses.
    const routes = container === undefined ? undefined : inside?.get(container)?.routes;
    if (routes === undefined) return undefined;
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
