"""Detect whether a journal is on a network file system; SQLite does not.

Linux lists mounts in a table. On other systems nothing is detected, and the journal is
assumed to be on a local disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from skbayes._user_warnings import warn_user

#: Table of mounts on Linux.
MOUNTS = Path("/proc/self/mounts")

# fmt: off
_NETWORK_KINDS = frozenset({
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "gfs", "gfs2", "glusterfs",
    "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs",
    "pvfs2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "wekafs",
})
#: Most file systems in user space are on a network.
_LOCAL_FUSE = frozenset({
    "fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.mergerfs", "fuse.ntfs", "fuse.portal",
})
# fmt: on
#: Options of NFS with which a lock is not seen by other machines.
_LOCAL_LOCKS = frozenset({"nolock", "local_lock=all", "local_lock=posix"})


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


def warn_of_local_locks(file: Path, network: NetworkFileSystem) -> None:
    """Warn where the locks of a file do not reach other machines."""
    options = network.options & _LOCAL_LOCKS
    if network.kind.startswith("nfs") and options:
        warn_user(
            f"The journal {file} is on a network file system that was mounted with "
            f"{min(options)}: locks hold on this machine only. Processes on other "
            "machines must not use the journal at the same time, or it is damaged. "
            "Mount it without this option to let them."
        )


def _is_network(kind: str) -> bool:
    if kind.startswith("fuse."):
        return kind not in _LOCAL_FUSE
    return kind in _NETWORK_KINDS


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
