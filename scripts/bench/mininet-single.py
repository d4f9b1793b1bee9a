#!/usr/bin/python3
"""mininet's topology single,N on a Linux bridge: hosts with addresses, without NAT and their own root file systems.

mininet-single.py run COMMAND…             runs a command in one host and removes the host
mininet-single.py up COUNT READY STOP      starts hosts, writes to the pipe READY, and waits for the end of file of the pipe STOP
"""
import sys
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import SingleSwitchTopo

job, words = sys.argv[1], sys.argv[2:]
count = 1 if job == "run" else int(words[0])
net = Mininet(topo=SingleSwitchTopo(count), switch=LinuxBridge, controller=None)
net.start()
code = 0
if job == "run":
    out, err, code = net.hosts[0].pexec(words)
    sys.stdout.write(out)
    sys.stderr.write(err)
else:
    with open(words[1], "w") as ready:
        ready.write("ready\n")
    with open(words[2]) as stop:
        stop.read()
net.stop()
sys.exit(code)
