"""What the operating system gives every process: time, names, signals."""
