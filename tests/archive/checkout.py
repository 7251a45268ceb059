"""A real git working tree, and the person who works in it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from copydesk.archive.git import Repository

# Without upkeep: git looks for it after each commit, in a process of its own.
AS_ADA = tuple(
    word
    for setting in ("user.name=Ada", "user.email=ada@site.example", "maintenance.auto=false")
    for word in ("-c", setting)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A working tree, and the person who works in it by git's own commands."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git as the user and give what it printed; fail where it fails."""
        done = subprocess.run(
            ["git", *AS_ADA, *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.removesuffix("\n")

    def put(self, path: str, text: str = "text\n") -> Path:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def save(self, *paths: str) -> None:
        """Commit new files as the user."""
        for path in paths:
            self.put(path)
        self.git("add", "-A", "--", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "by hand")

    def status(self) -> list[str]:
        """Return the lines of `git status`, every untracked file by itself."""
        return self.git("status", "--porcelain", "-uall").splitlines()

    def committed(self, path: str, commit: str = "HEAD") -> bytes:
        """Return a file's bytes as they were committed."""
        done = subprocess.run(
            ["git", "cat-file", "blob", f"{commit}:{path}"],
            cwd=self.root,
            check=True,
            capture_output=True,
        )
        return done.stdout

    def repository(self, below: str = "") -> Repository:
        """Return what is tested."""
        return Repository(self.root / below, lock_wait_seconds=0)


def begin(root: Path, *options: str) -> Checkout:
    """Begin a repository."""
    root.mkdir(parents=True, exist_ok=True)
    checkout = Checkout(root=root)
    checkout.git("init", "-q", "-b", "main", "--template=", *options)
    return checkout


def copy_repositories(made: Path, to: Path) -> None:
    """Copy repositories that are remotes of each other, and let the copies be that, too."""
    shutil.copytree(made, to, symlinks=True, dirs_exist_ok=True)
    for config in (*to.glob("*/.git/config"), *to.glob("*.git/config")):
        config.write_text(config.read_text("utf-8").replace(str(made), str(to)), "utf-8")


def seal_reference_form(plaintext: bytes, key: bytes, iv: bytes | None = None) -> str:
    """Encrypt a plaintext in the form of the older site everyday.cc; without `iv` with a random
    one.
    """
    iv = iv or os.urandom(16)
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padded) + encryptor.finalize()
    return ";".join(base64.b64encode(part).decode() for part in (ciphertext, iv))
