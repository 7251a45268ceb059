"""`[[webhook]]`, each with the secret that its variable holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from copydesk.config._decode import Values
from copydesk.config._setting_error import find_nearest, setting_error
from copydesk.config._tables import SITE_EVENTS, Webhook
from copydesk.config._toml import FILE


def read(blocks: Iterable[Values], environ: Mapping[str, str]) -> tuple[Webhook, ...]:
    """Return the webhooks; those whose secret is nowhere have none. Raises ConfigError."""
    import msgspec

    blocks = tuple(blocks)
    for index, block in enumerate(blocks):
        _check_events(index, block.get("events", SITE_EVENTS))
    return tuple(
        msgspec.convert({**block, "secret": environ.get(str(block["secret_env"]), "")}, Webhook)
        for block in blocks
    )


def _check_events(index: int, events: object) -> None:
    for name in events if isinstance(events, tuple) else ():
        if name not in SITE_EVENTS:
            near = find_nearest(name, SITE_EVENTS)
            hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(SITE_EVENTS)}"
            raise setting_error(FILE, f"webhook[{index}].events", f"no event: {name[:80]}", hint)


def list_missing(webhooks: Iterable[Webhook]) -> Iterator[str]:
    """Walk the warnings for webhooks without a secret: they are not called."""
    for index, webhook in enumerate(webhooks):
        if not webhook.secret:
            yield (
                f"beat.toml: webhook[{index}].secret_env: {webhook.secret_env} is not in the "
                "environment; nobody is called"
            )
