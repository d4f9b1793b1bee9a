import { connect, host, neighbours, on, ping, serverScene, truth } from '../edits.ts';
import type { Family } from '../family.ts';

/** An active twin: it says something every 20 ms, so that the bridge takes it for the owner. */
function busy(place: `container ${string}`, gateway: string) {
  return on(
    place,
    `(while :; do busybox ping -c 1 -W 1 ${gateway}; busybox usleep 5000; done) >/dev/null 2>&1 & echo $! >/run/score/busy`,
  );
}

export const duplicates: Family = {
  name: 'duplicates',
  title: 'two containers with one address, or with one MAC',
  faults: (lab) =>
    neighbours(lab).flatMap(([one, other]) => {
      const { gateway, bridge } = one.network;
      return [
        {
          id: `address ${other.name}`,
          scene: serverScene(one.place, 8080),
          plant: [
            ...on(other.place, `ip addr add ${one.address}/24 broadcast + dev ${other.device}`),
            // The twin announces itself again and again, as some systems do (RFC 5227).
            ...host(
              `ip neigh flush dev ${bridge}; busybox ping -c 1 -W 1 ${one.address} >/dev/null || true; sleep 1.1`,
            ),
            ...on(
              other.place,
              `(while :; do busybox arping -q -c 1 -U -I ${other.device} ${one.address}; busybox usleep 200000; done) >/dev/null 2>&1 & echo $! >/run/score/busy; sleep 0.5`,
            ),
          ],
          mend: on(
            other.place,
            'kill $(cat /run/score/busy)',
            `ip addr del ${one.address}/24 dev ${other.device}`,
          ),
          question: connect('host', one.address, 8080),
          truth: truth('duplicate-address', [one.place, other.place, 'host']),
          keepNeighbours: true as const,
        },
        {
          id: `mac ${other.name}`,
          plant: [
            ...on(
              one.place,
              `ip -o link show dev ${one.device} | sed 's/.*link.ether \\(\\S*\\) .*/\\1/' >/run/score/mac-one`,
            ),
            ...on(
              other.place,
              `ip -o link show dev ${other.device} | sed 's/.*link.ether \\(\\S*\\) .*/\\1/' >/run/score/mac; ip link set dev ${other.device} address $(cat /run/score/mac-one)`,
            ),
            ...busy(other.place as `container ${string}`, gateway),
          ],
          mend: [
            ...on(other.place, `kill $(cat /run/score/busy)`),
            ...on(other.place, `ip link set dev ${other.device} address $(cat /run/score/mac)`),
            ...on(one.place, `busybox ping -c 1 -W 1 ${gateway} >/dev/null || true`),
          ],
          question: ping('host', one.address),
          truth: truth('duplicate-mac', [one.place, other.place, 'host']),
          keepNeighbours: true as const,
        },
      ];
    }),
};
