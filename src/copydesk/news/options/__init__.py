"""The settings of fetching, mailing and deploying, as tables in beat.toml."""
