"""Mounts: whether a folder lies on a file system that other machines write to as well."""

from __future__ import annotations

from pathlib import Path

_NETWORK = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "vboxsf", "virtiofs"),
    }
)
_TABLE = Path("/proc/self/mountinfo")


def find_network_mount(folder: Path, table: Path = _TABLE) -> str:
    """Return the kind of network file system that a folder lies on, "" for none (proc(5)).

    The kernel tells of what this machine writes there, and of nothing else.
    """
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place, kinds = folder.resolve(), {}
    for line in lines:
        mount, _, of_kind = line.partition(" - ")
        point = mount.split(" ")[4].replace("\\040", " ")
        kinds[Path(point)] = of_kind.split(" ")[0]
    kind = next((kinds[above] for above in (place, *place.parents) if above in kinds), "")
    is_shared = kind in _NETWORK or kind.startswith("fuse.")
    return kind if is_shared else ""
