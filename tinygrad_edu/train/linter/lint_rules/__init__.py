"""The linter's rules, by family: each module checks one part of a training loop."""
