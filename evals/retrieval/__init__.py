"""Search quality: queries with judged passages, public collections, and what is compared."""
