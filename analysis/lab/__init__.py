"""Simulated companies, attacks on figures, acceptance tables and benches: proof, not product."""
