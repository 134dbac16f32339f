"""Pure and cited calculations: what fits, how fast it runs, what it costs, who wins."""
