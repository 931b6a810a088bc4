"""Devices and libraries that are not here, for programs that look for them and go on with the CPU."""
