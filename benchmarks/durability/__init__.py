"""What docs/reliability.md quotes: `python -m benchmarks.durability`, on loopback, in a folder that goes away."""
