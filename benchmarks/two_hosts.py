"""Two hosts on one machine: Linux network namespaces joined by a virtual cable, which can be slowed down and cut.

    with two_hosts("1gbit") as hosts:
        subprocess.run([*hosts.prefix, "mpiexec", *hosts.options, "-n", "2", "python", "train.py"])

It needs root, iproute2 (`ip`, and `tc` for a limit) and a kernel that supports namespaces and veth devices; otherwise, an
OSError says what is missing. The latency is that of the kernel, and both hosts share the machine's cores: this is not a real
network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Hosts(NamedTuple):
    """How mpiexec is started on the first host, and how it starts processes on both."""

    prefix: tuple[str, ...]
    options: tuple[str, ...]

    def bytes_sent(self) -> int:
        """The bytes that the first host has sent over the link."""
        path = "/sys/class/net/eth0/statistics/tx_bytes"
        return int(subprocess.run([*self.prefix, "cat", path], capture_output=True, check=True, text=True).stdout)


def _wait_until_up(names: list[str]) -> None:
    """Wait until the cable is connected, which is a moment after the command has returned."""
    deadline = time.monotonic() + 10
    for name in names:
        state = ["ip", "netns", "exec", name, "cat", "/sys/class/net/eth0/operstate"]
        while subprocess.run(state, capture_output=True, text=True).stdout.strip() != "up":
            if time.monotonic() > deadline:
                raise OSError("cannot create the network: the cable does not come up")
            time.sleep(0.05)


@contextlib.contextmanager
def two_hosts(rate: str | None = None) -> Iterator[Hosts]:
    """Namespaces with the addresses 10.77.0.1 and 10.77.0.2; `rate` is the bandwidth of the cable, in tc's notation."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        raise OSError("network namespaces need root and the ip program (iproute2)")
    names = [f"tge{os.getpid()}-{k}" for k in (1, 2)]
    commands = [f"ip netns add {name}" for name in names]
    commands.append(f"ip link add eth0 netns {names[0]} type veth peer name eth0 netns {names[1]}")
    for k, name in enumerate(names, 1):
        commands += [f"ip -n {name} addr add 10.77.0.{k}/24 dev eth0"]
        commands += [f"ip -n {name} link set {device} up" for device in ("lo", "eth0")]
        if rate is not None:
            commands.append(f"ip netns exec {name} tc qdisc add dev eth0 root tbf rate {rate} burst 64kb latency 50ms")
    try:
        for command in commands:
            made = subprocess.run(command.split(), capture_output=True, text=True)
            if made.returncode:
                raise OSError(f"cannot create the network: {command}: {made.stderr.strip()}")
        _wait_until_up(names)
        with tempfile.TemporaryDirectory() as folder:
            launcher = Path(folder) / "launcher"  # mpiexec calls it as it calls ssh: options, the host, a command
            launcher.write_text(
                '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\n'
                f'host=${{1##*.}}; shift\nexec ip netns exec tge{os.getpid()}-$host sh -c "$*"\n'
            )
            launcher.chmod(0o755)
            # over the cable only: otherwise MPI would notice that both hosts are one machine, and use shared memory
            values = {"MPIR_CVAR_NOLOCAL": "1", "UCX_TLS": "tcp", "UCX_NET_DEVICES": "eth0", "FI_PROVIDER": "tcp"}
            network = [word for name, value in values.items() for word in ("-genv", name, value)]
            where = ["-launcher", "ssh", "-localhost", "10.77.0.1", "-hosts", "10.77.0.1,10.77.0.2"]
            yield Hosts(("ip", "netns", "exec", names[0]), (*where, "-launcher-exec", str(launcher), *network))
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
