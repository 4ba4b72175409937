"""Measured speeds: `make bench`. No test: what is slow here fails nothing."""
