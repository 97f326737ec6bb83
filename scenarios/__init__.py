"""What can be done and what can happen, as data: places, instruments, shocks and cases."""
