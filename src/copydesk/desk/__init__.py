"""The desk: what editors ask for in a browser goes in, pages come out; their words go to git."""
