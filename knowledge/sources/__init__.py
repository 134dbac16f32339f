"""Where documents come from: a file, a folder, an address, a feed, a model hub, a repository."""
