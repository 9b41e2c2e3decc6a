"""Survey forms: what a template asks, which questions are on, what an answer must be, and what is still missing."""
