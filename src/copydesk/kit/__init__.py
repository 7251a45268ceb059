"""General helpers that know nothing about news: URLs, text, files, databases, git, options."""
