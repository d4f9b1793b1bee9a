#!/usr/bin/python3
"""mininet's single,N on a Linux bridge: hosts with addresses, no way out, no root of their own.

mininet-single.py run COMMAND…             one host, up, the command, gone
mininet-single.py up COUNT READY STOP      tells the pipe READY when they are there, until STOP is told
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
