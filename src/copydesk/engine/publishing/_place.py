"""Place: where `[deploy]` sends the site, as the deploying room takes it."""

from __future__ import annotations

from pathlib import Path

from copydesk import deploy
from copydesk.config import Settings
from copydesk.errors import ConfigError


def deploy_place(root: Path, private: Path, site: Path, settings: Settings) -> deploy.Place:
    """Return the place; raises ConfigError where none is named, or its keys are not there.

    Raises DeployError for a folder that lies in the newsroom or holds it.
    """
    chosen = settings.deploy
    if chosen.to == "folder":
        path = root / Path(chosen.folder.path).expanduser()
        deploy.refuse_overlap(path, site, root)
        return deploy.LocalFolder(path=path.resolve())
    if chosen.to == "rsync":
        rsync = deploy.Rsync(target=chosen.rsync.target, site=site.resolve())
        if rsync.local is not None:
            rsync = deploy.Rsync(target=f"{root.resolve() / rsync.local}", site=rsync.site)
            deploy.refuse_overlap(Path(rsync.target), site, root)
        return rsync
    if chosen.to == "git":
        return deploy.Branch(
            newsroom=root.resolve(),
            store=private / "deploy.git",
            options=chosen.git,
        )
    if chosen.to == "s3":
        return _bucket(settings)
    raise ConfigError(
        "nothing says where the site is to be sent",
        subject="beat.toml: deploy.to",
        hint='such as: [deploy] to = "rsync"; the guide "Put it online" shows each way',
    )


def _bucket(settings: Settings) -> deploy.Bucket:
    s3 = settings.deploy.s3
    missing = [
        variable
        for variable, value in (
            ("AWS_ACCESS_KEY_ID", s3.access_key),
            ("AWS_SECRET_ACCESS_KEY", s3.secret_key),
        )
        if not value
    ]
    if missing:
        raise ConfigError(
            "the keys of the storage are not in the environment",
            subject=", ".join(missing),
            hint="set them there; no file holds them",
        )
    return deploy.Bucket(options=s3)
