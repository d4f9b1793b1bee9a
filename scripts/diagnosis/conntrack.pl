#!/usr/bin/perl
# perl conntrack.pl fill|flush: fills the table of connection tracking of this network namespace with assured entries and
# keeps it full, or empties it. Speaks to the kernel by netlink (linux/netfilter/nfnetlink_conntrack.h).
use strict;
use warnings;

my ($what) = @ARGV;
socket(my $netlink, 16, 3, 12) or die "socket: $!\n";    # AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER
setsockopt($netlink, 1, 7, pack('i', 8_000_000));        # SO_SNDBUF
bind($netlink, pack('S S L L', 16, 0, 0, 0)) or die "bind: $!\n";

sub attribute { my ($type, $value) = @_; my $length = 4 + length $value; return pack('S S', $length, $type) . $value . "\0" x ((4 - $length % 4) % 4) }
sub message {
  my ($type, $flags, $attributes) = @_;
  my $body = pack('C C n', 2, 0, 0) . $attributes;       # AF_INET
  return pack('L S S L L', 16 + length $body, (1 << 8) | $type, $flags, 0, 0) . $body;
}
sub transmit { my ($bytes) = @_; defined syswrite($netlink, $bytes) or die "send: $!\n" }
sub count { open my $file, '<', '/proc/sys/net/netfilter/nf_conntrack_count' or die "$!\n"; return 0 + <$file> }

my $keeper = '/run/score/keeper';
if (open my $file, '<', $keeper) { kill 'KILL', <$file>; unlink $keeper }
# First everything goes: an entry with a few seconds to live would soon leave room for a packet.
transmit(message(2, 5, ''));                              # IPCTNL_MSG_CT_DELETE, REQUEST | ACK
sysread($netlink, my $answer, 4096);
exit 0 if $what eq 'flush';
open my $file, '<', '/proc/sys/net/netfilter/nf_conntrack_max' or die "$!\n";
my $max = 0 + <$file>;
my $nested = 0x8000;
sub tuple {
  my ($type, $from, $to, $sport, $dport) = @_;
  my $ip = attribute(1 | $nested, attribute(1, $from) . attribute(2, $to));
  my $protocol = attribute(2 | $nested, attribute(1, pack 'C', 17) . attribute(2, pack 'n', $sport) . attribute(3, pack 'n', $dport));
  return attribute($type | $nested, $ip . $protocol);
}
# TEST-NET-2 addresses of nobody; SEEN_REPLY, ASSURED and CONFIRMED, so that none is dropped early; an hour to live.
my $rest = attribute(3, pack 'N', 2 | 4 | 8) . attribute(7, pack 'N', 3600);
my $number = 0;
sub add {
  my $batch = '';
  for (1 .. $_[0]) {
    my ($one, $other) = (pack('C4', 198, 18, $number >> 22 & 255, 1 + ($number >> 14 & 255)), pack('C4', 198, 19, 0, 1));
    my $port = 1024 + ($number & 0x3fff);
    $batch .= message(0, 0x601, tuple(1, $one, $other, $port, 9) . tuple(2, $other, $one, 9, $port) . $rest);    # NEW: REQUEST | CREATE | EXCL without ACK
    $number++;
  }
  transmit($batch);
}
add(200) while $number < $max + 64;
die 'only ' . count() . " of $max entries\n" if count() < $max;
# The kernel frees an entry now and then; another takes its place before a packet does.
defined(my $child = fork) or die "fork: $!\n";
if ($child) { open my $file, '>', $keeper or die "$!\n"; print $file $child; exit 0 }
open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null';
while (1) { select undef, undef, undef, 0.02; add(4) }
