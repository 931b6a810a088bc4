"""Unavailable devices and libraries, for programs that check for them and then use the CPU."""
