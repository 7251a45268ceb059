"""Options of the stages: nouns that an owner sets in beat.toml and a stage takes."""
