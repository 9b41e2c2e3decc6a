"""What `make bench` measures: every row of the budgets, on data made from seeds, against a peer or floor in the same run."""
