"""What docs/performance.md and docs/reliability.md quote, each one command."""
