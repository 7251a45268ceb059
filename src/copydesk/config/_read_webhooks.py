"""`[[webhook]]`, each with the secret that its variable holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from copydesk.config._decode import Values
from copydesk.config._tables import Webhook


def read(blocks: Iterable[Values], environ: Mapping[str, str]) -> tuple[Webhook, ...]:
    """Return the webhooks; those whose secret is nowhere have none."""
    import msgspec

    return tuple(
        msgspec.convert({**block, "secret": environ.get(str(block["secret_env"]), "")}, Webhook)
        for block in blocks
    )


def list_missing(webhooks: Iterable[Webhook]) -> Iterator[str]:
    """Walk the warnings for webhooks without a secret: they are not called."""
    for index, webhook in enumerate(webhooks):
        if not webhook.secret:
            yield (
                f"beat.toml: webhook[{index}].secret_env: {webhook.secret_env} is not in the "
                "environment; nobody is called"
            )
