"""Settings of fetching, mailing and deploying, as their tables in beat.toml."""
