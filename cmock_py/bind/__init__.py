"""Language + spec + C types -> validated, encoded tables: the one place where the language meets C."""
