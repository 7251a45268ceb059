"""Single steps of the line, to see what it sees: an address goes in, what comes of it out."""
