"""Detect whether a journal is on a network file system, and whose locks hold there.

Linux lists mounts in a table. On other systems nothing is detected, and the journal is
assumed to be on a local disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Table of mounts on Linux.
MOUNTS = Path("/proc/self/mounts")

# fmt: off
_NETWORK_KINDS = frozenset({
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "fuse", "gfs", "gfs2",
    "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs",
    "prl_fs", "pvfs2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "wekafs",
})
#: Most file systems in user space are on a network.
_LOCAL_FUSE = frozenset({
    "fuse.bindfs", "fuse.cryfs", "fuse.encfs", "fuse.exfat", "fuse.fuse-overlayfs",
    "fuse.gocryptfs", "fuse.lxcfs", "fuse.mergerfs", "fuse.ntfs", "fuse.ntfs-3g",
    "fuse.portal", "fuse.squashfuse", "fuse.unionfs",
})
#: Those in user space that send locks to their server. The kernel keeps the locks of
#: the others on its machine: sshfs, and object storage under many names or as "fuse".
_FUSE_WITH_LOCKS = frozenset({
    "fuse.ceph", "fuse.ceph-fuse", "fuse.glusterfs", "fuse.juicefs", "fuse.mfs",
})
#: Folders of the host of a virtual machine, which does not see the locks of its guests.
_GUESTS = frozenset({"9p", "prl_fs", "vboxsf", "virtiofs", "vmhgfs"})
#: Options with which a lock is not seen by other machines.
_LOCAL_LOCKS = frozenset({
    "local_lock=all", "local_lock=posix", "localflock", "localflocks", "nobrl",
    "nolock",
})
# fmt: on


@dataclass(frozen=True)
class NetworkFileSystem:
    """A file system that other machines may use at the same time.

    Parameters
    ----------
    kind : str
        Name that the system uses.
    options : frozenset of str
        With which it was mounted.
    """

    kind: str
    options: frozenset[str]

    @property
    def local_lock_options(self) -> frozenset[str]:
        """Options with which its locks hold on one machine only."""
        return self.options & _LOCAL_LOCKS

    @property
    def has_local_locks(self) -> bool:
        """Whether its locks hold on one machine only."""
        if self.kind == "beegfs":
            return not _has_global_locks(self.options)
        is_fuse = self.kind.partition(".")[0] == "fuse"
        return (
            bool(self.local_lock_options)
            or self.kind in _GUESTS
            or (is_fuse and self.kind not in _FUSE_WITH_LOCKS)
        )

    @property
    def described(self) -> str:
        """Its kind, with the option that makes its locks local, if one does."""
        options = self.local_lock_options
        return f"{self.kind}, mounted with {min(options)}" if options else self.kind


def network_file_system(file: Path) -> NetworkFileSystem | None:
    """The network file system of a file; None if none is detected."""
    above = {str(place): len(place.parts) for place in file.parents}
    depth, found = 0, None
    for place, kind, options in _mounts():
        # A later mount in the same place hides the earlier one.
        if above.get(place, 0) >= max(depth, 1):
            depth, found = above[place], (kind, options)
    if found is None or not _is_network(found[0]):
        return None
    return NetworkFileSystem(found[0], frozenset(found[1].split(",")))


def _is_network(kind: str) -> bool:
    if kind.startswith("fuse."):
        return kind not in _LOCAL_FUSE
    return kind in _NETWORK_KINDS


def _has_global_locks(options: frozenset[str]) -> bool:
    """Whether BeeGFS sends locks to its server: its settings say so, not its mount."""
    for option in options:
        name, _, file = option.partition("=")
        if name == "cfgFile":
            with suppress(OSError):
                text = Path(file).read_text(errors="replace")
                setting = r"^\s*tuneUseGlobalFileLocks\s*=\s*true\b"
                return re.search(setting, text, re.MULTILINE) is not None
    return False


def _mounts() -> Iterator[tuple[str, str, str]]:
    """Place, kind and options of everything that is mounted."""
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return
    for line in lines:
        _, place, kind, options, *_ = (*line.split(" "), "", "", "", "")
        # Blanks and the like are written as their number.
        yield (
            re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place),
            kind,
            options,
        )
