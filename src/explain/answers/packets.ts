import { t } from '../../model/text.ts';
import { type Answer, answer, misspelt } from './answer.ts';

/** What becomes of names and packets: ping(8), nc(1) and others. */
export const packets = {
  'unknown-name': answer(
    /Name or service not known|Temporary failure in name resolution|bad address '/,
    t(
      'The name could not be turned into an address. The network itself may work.',
      '域名没能解析成地址；网络本身可能是通的。',
    ),
    [
      misspelt,
      t(
        '/etc/resolv.conf names no server, or one that is out of reach',
        '/etc/resolv.conf 没有写服务器，或服务器到不了',
      ),
      t('nothing gets out: ping an address to find out', '根本出不去：ping 一个地址试试'),
    ],
    t(
      'cat /etc/resolv.conf, then ping the address of the server in it.',
      '先 cat /etc/resolv.conf，再 ping 里面的服务器地址。',
    ),
  ),
  'too-long': answer(
    /[Mm]essage too long/,
    t(
      'The packet is larger than the MTU of the way, and may not be cut.',
      '包比路径的 MTU 大，又不允许分片。',
    ),
    [t('a tunnel or a container with a smaller MTU', '经过隧道，或容器的 MTU 较小')],
    t('Send less, or look at the MTUs: ip link.', '发小一点的包，或用 ip link 看各接口的 MTU。'),
  ),
  'ttl-exceeded': answer(
    /Time to live exceeded/,
    t(
      'The packet passed more routers than its TTL allows; the router that dropped it says so.',
      '包经过的路由器数超过了 TTL；丢弃它的路由器发回了这个消息。',
    ),
    [
      t('the TTL was set low, as traceroute does', 'TTL 设得很小，traceroute 就是这样做的'),
      t('two routers send it to each other: a loop', '两台路由器互相转发，形成环路'),
    ],
    t('ip route on both machines.', '在两边的机器上看 ip route。'),
  ),
  'no-answer': answer(
    /100% packet loss/,
    t(
      'Packets were sent, and no answer came back. Where they were lost, ping cannot say.',
      '包发出去了，但没有任何应答；在哪里丢的，ping 说不出来。',
    ),
    [
      t('the host does not forward: net.ipv4.ip_forward', '宿主机没有转发：net.ipv4.ip_forward'),
      t(
        'no MASQUERADE: nobody outside can answer a private address',
        '没有 MASQUERADE：外面无法应答私有地址',
      ),
      t('a firewall drops them: the policy of FORWARD', '防火墙丢弃：FORWARD 的默认策略'),
      t('no machine has that address', '没有机器使用这个地址'),
    ],
    t('ctr check NAME looks for the reason, hop by hop.', 'ctr check 名字 会逐跳查找原因。'),
  ),
  'connection-refused': answer(
    /Connection refused/,
    t(
      'The machine answered: nothing listens on this port. The way there and back works.',
      '对方机器有应答：这个端口没有程序监听。来回的路是通的。',
    ),
    [
      t('the server is not running, or listens on another port', '服务没有运行，或在别的端口'),
      t('it listens on 127.0.0.1 only', '只监听 127.0.0.1'),
      t('a firewall rejects with tcp-reset', '防火墙用 tcp-reset 拒绝'),
    ],
    t('ss -ltn on that machine.', '在那台机器上执行 ss -ltn。'),
  ),
} satisfies Readonly<Record<string, Answer>>;
