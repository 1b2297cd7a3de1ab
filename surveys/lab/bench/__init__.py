"""How fast it is: measures the figures of docs/performance.md on throwaway installations."""
