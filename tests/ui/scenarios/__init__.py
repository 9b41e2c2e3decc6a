"""A day's work told as a user would tell it: the whole program, its real engine process, real clicks and keys, nothing else."""
