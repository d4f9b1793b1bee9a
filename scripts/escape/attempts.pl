# Attempts of a hostile root in a container. Prints a line for each: its name, held or OPEN, and the result.
# No attempt writes to what it has opened. Uses no modules, since the container has only the perl program.
my ($marker, $stranger) = @ARGV;
my %numbers = (
  x86_64 => { mount => 165, umount2 => 166, unshare => 272, ptrace => 101, mknodat => 259,
    name_to_handle_at => 303, open_by_handle_at => 304, init_module => 175, finit_module => 313,
    delete_module => 176, kexec_load => 246, sethostname => 170, settimeofday => 164,
    reboot => 169, iopl => 172, syslog => 103, keyctl => 250, process_vm_readv => 310, setns => 308 },
  aarch64 => { mount => 40, umount2 => 39, unshare => 97, ptrace => 117, mknodat => 33,
    name_to_handle_at => 264, open_by_handle_at => 265, init_module => 105, finit_module => 273,
    delete_module => 106, kexec_load => 104, sethostname => 161, settimeofday => 170,
    reboot => 142, syslog => 116, keyctl => 219, process_vm_readv => 270, setns => 268 },
);
my ($machine) = `/bin/busybox uname -m` =~ /(\S+)/;
my $call = $numbers{$machine} or die "no system call numbers for $machine\n";
my ($rdonly, $wronly) = (0, 1);
my ($at_cwd, $newns, $newuser, $newcgroup) = (-100, 0x00020000, 0x10000000, 0x02000000);
my ($ms_rdonly, $ms_remount, $ms_bind) = (1, 32, 4096);

# syscall writes to its arguments, so constants are copied first. Numbers must stay numbers.
sub sys {
  my $name = shift;
  my $number = $call->{$name};
  return -1 unless defined $number;
  my @words = map { my $word = \$_; if (Internals::SvREADONLY($$word)) { my $copy = $$word; $word = \$copy; } $word } @_;
  $! = 0;
  return eval 'syscall($number, ' . join(', ', map { "\${\$words[$_]}" } 0 .. $#words) . ')' // die $@;
}
sub mounted { my ($source, $target, $type, $flags) = @_; return sys('mount', $source, $target, $type, $flags, 0) == 0; }
sub writable { my ($path) = @_; my $done = sysopen(my $file, $path, $wronly); close $file if $done; return $done; }

# Expands patterns by a shell, since perl-base has no File::Glob.
sub files { return split /\n/, `/bin/busybox sh -c 'for f in $_[0]; do if [ -e "\$f" ]; then echo "\$f"; fi; done'`; }

# Runs an attempt in its own process. It returns what it has reached.
sub attempt {
  my ($name, $try) = @_;
  pipe(my $read, my $write);
  my $pid = fork;
  if (!$pid) {
    close $read;
    my @got = $try->();
    my $said = @got ? "OPEN\t@got" : "held\t" . ($! ? "$!" : '-');
    $said =~ tr/\n/ /;
    syswrite $write, $said;
    exit 0;
  }
  close $write;
  local $/;
  my $said = <$read>;
  waitpid $pid, 0;
  $said = "BROKEN\tstatus $?" unless length $said;
  print "$name\t$said\n";
}

$| = 1;

opendir(my $descriptors, '/proc/1/fd');
my @inherited = grep { defined && !m{^/proc/1/fd$|attempts.pl$} } map { readlink "/proc/1/fd/$_" }
  grep { /^\d+$/ && $_ > 2 } readdir $descriptors;
closedir $descriptors;

attempt('chroot', sub {
  mkdir '/tmp/jail'; opendir(my $root, '/'); chroot '/tmp/jail' or return; chdir $root;
  chdir '..' for 1 .. 99; chroot '.';
  return grep { -e } ($marker, "/proc/1/root$marker");
});

attempt('open_by_handle_at', sub {
  # Inode 2 is the root directory of ext4. The files for exec and the devices are on the host's file systems.
  my @got;
  for my $path ('/', '/dev/null', files('/dev/.ctr/*')) {
    sysopen(my $file, $path, $rdonly) or next;
    for my $inode (1, 2, 64, 128, 256) {
      my $handle = pack('IiII', 8, 1, $inode, 0);
      my $fd = sys('open_by_handle_at', fileno $file, $handle, 0200000);
      push @got, "$path:$inode" if $fd >= 0;
    }
    my ($known, $id) = (pack('IiC128', 128, 0, (0) x 128), pack('i', 0));
    if (sys('name_to_handle_at', $at_cwd, $path, $known, $id, 0) == 0) {
      push @got, $path if sys('open_by_handle_at', fileno $file, $known, 0) >= 0;
    }
  }
  return @got;
});

attempt('core_pattern', sub { return grep { writable($_) } '/proc/sys/kernel/core_pattern'; });
attempt('sysrq', sub { return grep { writable($_) } '/proc/sysrq-trigger', '/proc/sys/kernel/sysrq'; });

sub mounts {
  my @got;
  mkdir '/tmp/mount';
  push @got, 'tmpfs' if mounted('none', '/tmp/mount', 'tmpfs', 0);
  push @got, 'proc' if mounted('none', '/tmp/mount', 'proc', 0);
  push @got, 'bind' if mounted('/', '/tmp/mount', '', $ms_bind);
  return @got;
}
# Removes or remounts the mounts over the kernel's files, and those of the files for exec.
sub uncovers {
  my @got;
  for my $path ('/proc/sys', '/proc/bus', '/proc/keys', '/proc/kcore', '/sys', '/sys/firmware', '/dev/.ctr', files('/dev/.ctr/*')) {
    push @got, "remount $path" if mounted('none', $path, '', $ms_remount | $ms_bind);
    push @got, "umount $path" if sys('umount2', $path, 2) == 0;
  }
  push @got, 'proc' if mounted('none', '/proc', 'proc', 0);
  push @got, grep { writable($_) } '/proc/sys/kernel/core_pattern', files('/dev/.ctr/*');
  return @got;
}
attempt('mount', sub { return (mounts(), uncovers()); });

attempt('mknod', sub {
  my @got;
  for my $device ([0060000, 8, 0], [0060000, 254, 0], [0060000, 259, 0], [0020000, 1, 1], [0020000, 1, 11]) {
    my ($type, $major, $minor) = @$device;
    my $path = "/tmp/device-$major-$minor";
    next if sys('mknodat', $at_cwd, $path, $type | 0600, $major << 8 | $minor) != 0;
    push @got, "$major:$minor made";
    push @got, "$major:$minor opened" if sysopen(my $file, $path, $rdonly);
  }
  return @got;
});

attempt('modules', sub {
  my @got;
  # With the capability, these fail with other errors than EPERM (1) and ENOSYS (38).
  push @got, 'init_module' if sys('init_module', "\0", 1, "\0") == 0 || ($! != 1 && $! != 38);
  push @got, 'finit_module' if sys('finit_module', 0, "\0", 0) == 0 || ($! != 1 && $! != 38);
  push @got, 'delete_module' if sys('delete_module', "nosuchmodule\0", 0) == 0 || ($! != 1 && $! != 38);
  push @got, 'modprobe' if writable('/proc/sys/kernel/modprobe');
  return @got;
});

attempt('kexec, reboot, clock', sub {
  my @got;
  push @got, 'kexec_load' if sys('kexec_load', 0, 0, 0, 0) == 0 || ($! != 1 && $! != 38);
  # LINUX_REBOOT_CMD_CAD_OFF only disables Ctrl-Alt-Del (reboot(2)).
  push @got, 'reboot' if sys('reboot', 0xfee1dead, 672274793, 0, 0) == 0 || ($! != 1 && $! != 22);
  push @got, 'settimeofday' if sys('settimeofday', 0, pack('ii', 0, 0)) == 0;
  push @got, 'iopl' if $machine eq 'x86_64' && sys('iopl', 3) == 0;
  return @got;
});

attempt('host sysctls', sub {
  return grep { writable($_) } map { "/proc/sys/$_" } qw(vm/overcommit_memory kernel/panic
    kernel/hostname kernel/ns_last_pid fs/file-max fs/binfmt_misc/register net/ipv4/ip_forward
    user/max_user_namespaces);
});

attempt('host name', sub { my $name = 'owned'; return sys('sethostname', $name, 5) == 0 ? 'sethostname' : (); });

attempt('kcore', sub {
  my @got;
  for my $path ('/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/proc/latency_stats', '/dev/mem', '/dev/kmem', '/dev/port') {
    my ($file, $some);
    push @got, $path if sysopen($file, $path, $rdonly) && sysread($file, $some, 16);
  }
  return @got;
});

attempt('raw disks', sub {
  my @got = grep { -b } files('/dev/* /dev/*/*');
  push @got, grep { writable($_) } files('/sys/block/*/queue/* /sys/block/*/device/delete /sys/class/*/*/uevent /sys/kernel/*');
  for my $path ('/sys/firmware', '/proc/acpi') {
    my $directory;
    push @got, $path if opendir($directory, $path) && grep { !/^\./ } readdir $directory;
  }
  return @got;
});

attempt('inherited descriptors', sub { $! = 0; return @inherited; });

attempt('inherited directory', sub {
  my @got = grep { -e } 'secret', '/proc/1/cwd/secret', '/proc/self/cwd/../secret';
  chdir '/proc/1/cwd'; chdir '..' for 1 .. 99;
  push @got, grep { -e } $marker, substr($marker, 1);
  return @got;
});

attempt('environment', sub {
  sysopen(my $file, '/proc/1/environ', $rdonly); sysread $file, my $all, 65536;
  return grep { !/^(PATH|HOME|HOSTNAME|PWD|OLDPWD|SHLVL|_)=/ } (split(/\0/, $all), map { "$_=$ENV{$_}" } keys %ENV);
});

attempt('a process of the host', sub {
  my @got;
  for my $pid ($stranger) {
    push @got, 'kill' if kill 0, $pid;
    push @got, 'ptrace' if sys('ptrace', 16, $pid, 0, 0) == 0;
    my $buffer = "\0" x 8;
    my ($mine, $theirs) = (pack('PQ', $buffer, 8), pack('QQ', 0x400000, 8));
    push @got, 'memory' if sys('process_vm_readv', $pid, $mine, 1, $theirs, 1, 0) >= 0 || $! == 14;
    push @got, 'proc' if -d "/proc/$pid/fd";
  }
  # The status of a process must not show pids of outer PID namespaces.
  for my $status (files('/proc/[0-9]*/status')) {
    open(my $file, '<', $status) or next;
    push @got, $status if grep { /^NSpid:\t\d+\t\d+\t/ } <$file>;
  }
  return @got;
});

attempt('host queues and interfaces', sub {
  my @got = grep { !/^(lo|eth\d+)$/ } map { s{.*/}{}r } files('/sys/class/net/*');
  push @got, files('/dev/mqueue/*');
  return @got;
});

attempt('a setuid program', sub {
  my @got;
  $( = $) = '1000 1000'; $< = $> = 1000;
  return if $> != 1000;
  # Not busybox, which drops the privileges of a setuid program.
  my $id = `/usr/bin/perl-suid -e 'print \$>'`;
  push @got, "uid $id" if $id ne '1000';
  return @got;
});

attempt('more capabilities', sub {
  my @got;
  open(my $file, '<', '/proc/self/status'); my %status = map { /^(\w+):\s+(\S+)/ } <$file>;
  my $allowed = hex('a00425fb');
  for my $set (qw(CapInh CapPrm CapEff CapBnd CapAmb)) {
    push @got, "$set $status{$set}" if hex($status{$set}) & ~$allowed;
  }
  push @got, 'new privileges' if $status{NoNewPrivs} ne '1';
  return @got;
});

attempt('cgroup release_agent', sub {
  my @got;
  mkdir '/tmp/cgroup';
  for my $type ('cgroup', 'cgroup2') {
    push @got, $type if mounted('none', '/tmp/cgroup', $type, 0);
  }
  push @got, grep { writable($_) } files('/sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/cgroup.procs');
  return @got;
});

# Searches the session keyring for a key of the process that started ctr (KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING).
attempt('kernel keys of the caller', sub {
  my $id = sys('keyctl', 10, -3, "user\0", "ctr-escape\0", 0);
  return $id > 0 ? 'the session keyring' : ();
});

attempt('kernel log', sub {
  # Without dmesg_restrict every user may read the kernel's log, and so may a container.
  open(my $file, '<', '/proc/sys/kernel/dmesg_restrict'); return if <$file> == 0;
  my $text = "\0" x 4096;
  my $length = sys('syslog', 3, $text, 4096);
  return $length > 0 ? "$length bytes" : ();
});

attempt('a nested user namespace', sub { return sys('unshare', $newuser) == 0 ? 'unshare' : (); });

attempt('the host, from a nested user namespace', sub {
  return if sys('unshare', $newuser | $newns | $newcgroup) != 0;
  $! = 0;
  my @got = uncovers();
  push @got, 'open_by_handle_at' if grep { my $f; sysopen($f, $_, $rdonly) && sys('open_by_handle_at', fileno $f, pack('IiII', 8, 1, 2, 0), 0200000) >= 0 } files('/dev/.ctr/*');
  push @got, 'mknod' if sys('mknodat', $at_cwd, '/tmp/nested', 0060600, 8 << 8) == 0;
  mkdir '/tmp/nested-cgroup';
  if (mounted('none', '/tmp/nested-cgroup', 'cgroup', 0)) {
    push @got, grep { writable($_) } '/tmp/nested-cgroup/release_agent';
  }
  push @got, grep { -e } $marker;
  return @got;
});

attempt('the cgroup ctr was started in', sub {
  return if sys('unshare', $newuser | $newns | $newcgroup) != 0;
  $! = 0;
  mkdir '/tmp/outer-cgroup';
  return unless mounted('none', '/tmp/outer-cgroup', 'cgroup2', 0);
  # A 0 stands for a process outside of this PID namespace (cgroups(7)). One of them is the waiting unshare(1).
  open(my $file, '<', '/tmp/outer-cgroup/cgroup.procs') or return;
  my @others = grep { /^0$/ } <$file>;
  $! = 0;
  return @others > 1 ? grep { writable($_) } '/tmp/outer-cgroup/cgroup.procs' : ();
});
