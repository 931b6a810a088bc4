"""Shared by all tests."""

collect_ignore_glob = ["oracles/make_*.py"]  # scripts that need the other frameworks: their stored answers are what is tested
