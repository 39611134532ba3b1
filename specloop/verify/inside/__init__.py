"""What runs in the interpreter of the tests: the standard library, pytest, and nothing of ours."""
