"""Where knowledge lies: documents in SQLite, words in Tantivy, vectors in Chroma."""
