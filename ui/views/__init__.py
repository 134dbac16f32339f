"""The pages of the navigation."""
