import type { Language, Text } from '../../model/text.ts';
import type { LinkState, NetworkState, Snapshot } from '../../snapshot/snapshot.ts';

const labels = {
  host: { en: 'Host', zh: '宿主机' },
  world: { en: 'World, which plays the internet', zh: '扮演互联网的 world' },
  container: { en: 'Container', zh: '容器' },
  on: { en: 'on', zh: '已启用' },
  off: { en: 'off', zh: '未启用' },
  state: { en: 'state', zh: '状态' },
  portOf: { en: 'port of bridge', zh: '是网桥的端口：' },
  interface: { en: 'Interface', zh: '接口' },
  route: { en: 'Route', zh: '路由' },
  rule: { en: 'Firewall rule', zh: '防火墙规则' },
} satisfies Record<string, Text>;

function Link({ link, say }: { readonly link: LinkState; readonly say: (text: Text) => string }) {
  const { name, up, state, mac, master } = link;
  const addresses = link.addresses.filter(({ address }) => !/^fe80:/.test(address));
  return (
    <li>
      {say(labels.interface)} <code>{name}</code>: {say(up ? labels.on : labels.off)},{' '}
      {say(labels.state)} {state}
      {master !== undefined && (
        <>
          , {say(labels.portOf)} <code>{master}</code>
        </>
      )}
      {name !== 'lo' && <>, {mac}</>}
      {addresses.length > 0 && (
        <ul>
          {addresses.map(({ address }) => (
            <li key={address}>
              <code>{address}</code>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Network({
  state,
  say,
}: {
  readonly state: NetworkState;
  readonly say: (text: Text) => string;
}) {
  const routes = state.routes.filter(({ table, to }) => table === 'main' && !/:/.test(to));
  return (
    <ul>
      {state.links.map((link) => (
        <Link key={link.name} link={link} say={say} />
      ))}
      {routes.map(({ to, via, dev, linkdown }, index) => (
        <li key={index}>
          {say(labels.route)}{' '}
          <code>
            {to}
            {via === undefined ? '' : ` via ${via}`}
            {dev === undefined ? '' : ` dev ${dev}`}
            {linkdown === undefined ? '' : ' linkdown'}
          </code>
        </li>
      ))}
      {state.firewall.map(({ text }, index) => (
        <li key={index}>
          {say(labels.rule)} <code>{text}</code>
        </li>
      ))}
    </ul>
  );
}

/** What is in each network namespace, as a nested list: what a screen reader reads instead of the picture. */
export function Inventory({
  state,
  language,
}: {
  readonly state: Snapshot;
  readonly language: Language;
}) {
  const say = (text: Text) => text[language];
  return (
    <ul class="places">
      {Object.entries(state.containers).map(([name, one]) => (
        <li key={name}>
          {say(labels.container)} <strong>{name}</strong> (pid {one.process.pid})
          <Network state={one} say={say} />
        </li>
      ))}
      <li>
        <strong>{say(labels.host)}</strong>
        <Network state={state.host} say={say} />
      </li>
      {state.world !== undefined && (
        <li>
          <strong>{say(labels.world)}</strong>
          <Network state={state.world} say={say} />
        </li>
      )}
    </ul>
  );
}
