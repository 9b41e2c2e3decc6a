"""The Surveys view: the forms of all orders, filled in and submitted in the office."""
