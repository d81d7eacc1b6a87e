"""podman and buildah with a storage of their own, and the image of this checkout.

The base image is made from Debian's packages, so that no registry of images is needed. Builds run in a chroot, which
needs root, but neither systemd nor its own cgroup; containers run with runc, which knows cgroups of version 1.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.support import children
from tests.support.processes import ROOT
from tests.support.servers import RunningMock
from tests.support.times import until

BASE: Final = "localhost/python:trixie"
IMAGE: Final = "localhost/postfuze-mock:test"
READY: Final = "postfuze-mock ready at "
LIMIT: Final = 600.0  # seconds to build
PACKAGES: Final = "python3,python3-venv,ca-certificates"
#: What a build needs to reach the package index from this machine.
CONFIGURATION: Final = (Path("/etc/pip.conf"), Path("/etc/ssl/certs"))


@dataclass(frozen=True)
class Engine:
    """`podman` is the program; `folder` has the storage and the configuration. The base image stays there."""

    podman: str
    folder: Path

    @cached_property
    def environment(self) -> Mapping[str, str]:
        (self.folder / "containers.conf").write_text(
            "[containers]\n"
            'default_ulimits = ["nproc=4096:4096", "nofile=4096:4096"]\n'
            "[engine]\n"
            'runtime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
        )
        (self.folder / "storage.conf").write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{self.folder}/storage"\nrunroot = "{self.folder}/run"\n'
        )
        return {
            **os.environ,
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }

    def run(self, *command: str | Path, limit: float = 60.0) -> subprocess.CompletedProcess[bytes]:
        """Run a program to completion with this engine's storage."""
        return children.run(command, cwd=ROOT, env=self.environment, limit=limit)

    def output(self, *command: str | Path, limit: float = 60.0) -> str:
        """What a program that must succeed prints."""
        result = self.run(*command, limit=limit)
        assert result.returncode == 0, result.stderr.decode()
        return result.stdout.decode().strip()

    def provide(self, run: str) -> None:
        """Build the image for a test run, unless another process of that run did; whoever asks meanwhile waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = self.folder / "built-for"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if stamp.exists() and stamp.read_text() == run:
                return
            self.output(self.podman, "rm", "--all", "--force")  # what an interrupted run left
            if self.run(self.podman, "image", "exists", BASE).returncode != 0:
                self._make_base()
            self._build()
            self.output(self.podman, "image", "prune", "--force", limit=LIMIT)
            stamp.write_text(run)

    def _make_base(self) -> None:
        """Make the base image: Debian's smallest root with its Python."""
        archive = self.folder / "root.tar"
        archive.unlink(missing_ok=True)
        self.output("mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", archive, limit=LIMIT)
        container = self.output("buildah", "from", "scratch")
        self.output("buildah", "add", container, archive, "/", limit=LIMIT)
        self.output("buildah", "commit", "--rm", container, BASE, limit=LIMIT)
        archive.unlink()

    def _build(self) -> None:
        """Build the image as its Containerfile says."""
        volumes = [f"--volume={path}:{path}:ro" for path in CONFIGURATION if path.exists()]
        arguments = ("--format=docker", "--layers=false", f"--build-arg=PYTHON_IMAGE={BASE}", *volumes)
        self.output("buildah", "build", *arguments, f"--tag={IMAGE}", ROOT, limit=LIMIT)

    @contextmanager
    def container(self, *options: str, image: str = IMAGE) -> Iterator[Container]:
        """Run a container with a read-only root, and its port 8080 at a free port of loopback."""
        identity = self.output(
            self.podman,
            "run",
            "--detach",
            "--read-only",
            "--read-only-tmpfs=false",
            "--publish=127.0.0.1::8080",
            *options,
            image,
        )
        container = Container(self, identity)
        try:
            until(lambda: READY in container.log or not container.is_running, "the ready line")
            assert container.is_running, container.log
            yield container
        finally:
            container.close()
            self.output(self.podman, "rm", "--force", "--volumes", identity)


class Container(RunningMock):
    """A container of `engine` with a mock."""

    def __init__(self, engine: Engine, identity: str) -> None:
        self.engine, self.identity = engine, identity
        address = engine.output(engine.podman, "port", identity, "8080/tcp")
        super().__init__(f"http://{address}")

    def podman(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of podman."""
        return self.engine.run(self.engine.podman, *arguments)

    @property
    def log(self) -> str:
        result = self.podman("logs", self.identity)
        return (result.stdout + result.stderr).decode()

    @property
    def is_running(self) -> bool:
        return self.inspect("{{.State.Running}}") == "true"

    def inspect(self, template: str) -> str:
        return self.engine.output(self.engine.podman, "inspect", "--format", template, self.identity)

    def execute(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command in the container."""
        return self.podman("exec", self.identity, *command)

    def halt(self) -> tuple[int, float]:
        """Stop it as `docker stop` does; returns its exit code and the seconds that took."""
        start = time.monotonic()
        assert self.podman("stop", "--time=20", self.identity).returncode == 0
        return int(self.inspect("{{.State.ExitCode}}")), time.monotonic() - start

    def _end(self) -> None:
        """The engine removes it."""
